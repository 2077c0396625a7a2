//go:build generated

package stripe

import (
	"errors"
	"strings"
	"testing"

	"github.com/stripe/stripe-go/v82"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/testdata/types/matrix"
)

func TestTypes(t *testing.T) {
	matrix.Run(t,
		matrix.Of(NewChargeCache),
		matrix.Of(NewCustomerCache),
	)
}

func TestInterfaceThatIsNotNil(t *testing.T) {
	m := cache.NewManager(&cache.Config{})
	defer func() {
		if err := m.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	c := &stripe.Customer{InvoiceSettings: &stripe.CustomerInvoiceSettings{DefaultPaymentMethod: &stripe.PaymentMethod{
		Card: &stripe.PaymentMethodCard{GeneratedFrom: &stripe.PaymentMethodCardGeneratedFrom{
			SetupAttempt: &stripe.SetupAttempt{SetupError: &stripe.Error{Err: errors.New("declined")}},
		}},
	}}}
	err := NewCustomerCache(m).Put(t.Context(), "1", c)
	if err == nil || !strings.Contains(err.Error(), "stripe.Error.Err") {
		t.Fatalf("an error that cannot be stored gives %v", err)
	}
}
