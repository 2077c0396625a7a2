package redis

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// loadTLS returns a configuration that verifies the server's name, against the authorities in
// CAFile instead of the system's if there is one, and shows the client's certificate if there is
// one.
func loadTLS(cfg drivers.StoreConfig) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if cfg.CAFile != "" {
		pem, err := os.ReadFile(cfg.CAFile)
		if err != nil {
			return nil, configError("CAFile", fmt.Sprintf("it cannot be read: %v", err))
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, configError("CAFile", fmt.Sprintf("%s holds no PEM certificate", cfg.CAFile))
		}
	}
	if cfg.CertFile == "" && cfg.KeyFile == "" {
		return c, nil
	}
	pair, err := tls.LoadX509KeyPair(cfg.CertFile, cfg.KeyFile)
	if err != nil {
		return nil, configError("CertFile", fmt.Sprintf("CertFile and KeyFile are no pair that can be read: %v", err))
	}
	c.Certificates = []tls.Certificate{pair}
	return c, nil
}
