package patterns

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
)

// Product is what a shop sells. Its cache is in the store named api.
//
//cachegen:cache key="product:{SKU}" ttl=1h store=api
type Product struct {
	SKU   string
	Name  string
	Cents int64
}

// ErrNoProduct says that there is no such product.
var ErrNoProduct = errors.New("product not found")

// ProductStore is where products live.
type ProductStore interface {
	FindProduct(ctx context.Context, sku string) (*Product, error)
	SaveProduct(ctx context.Context, p *Product) error
}

// ProductHandler shows and updates products: GET and PUT /products/{sku}.
type ProductHandler struct {
	db       ProductStore
	products *ProductCache
}

// NewProductHandler returns the handler of both routes.
func NewProductHandler(db ProductStore, products *ProductCache) http.Handler {
	h := &ProductHandler{db, products}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /products/{sku}", h.show)
	mux.HandleFunc("PUT /products/{sku}", h.update)
	return mux
}

// show passes the request's ctx on, so its deadline bounds the look-up and the load.
func (h *ProductHandler) show(w http.ResponseWriter, r *http.Request) {
	p, err := h.products.RememberE(r.Context(), r.PathValue("sku"), h.db.FindProduct)
	switch {
	case errors.Is(err, ErrNoProduct):
		http.Error(w, "product not found", http.StatusNotFound)
	case err != nil:
		http.Error(w, "try again later", http.StatusInternalServerError)
	default:
		_ = json.NewEncoder(w).Encode(p)
	}
}

// update saves the product and then forgets it. A Forget that fails is an error: the caller has to know
// that others may still see the old product.
func (h *ProductHandler) update(w http.ResponseWriter, r *http.Request) {
	var p Product
	if err := json.NewDecoder(r.Body).Decode(&p); err != nil || p.SKU != r.PathValue("sku") {
		http.Error(w, "not a product of this address", http.StatusBadRequest)
		return
	}
	if err := h.db.SaveProduct(r.Context(), &p); err != nil {
		http.Error(w, "try again later", http.StatusInternalServerError)
		return
	}
	if err := h.products.Forget(r.Context(), p.SKU); err != nil {
		http.Error(w, "saved, but the old product may show for a while", http.StatusBadGateway)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
