// Package stripe caches what the Stripe API answers, by stripe/stripe-go.
package stripe

import (
	"context"

	"github.com/stripe/stripe-go/v82"
)

//cachegen:cache key="stripe:charge:{id}" ttl=1h name=ChargeCache
type loadCharge func(ctx context.Context, id string) (*stripe.Charge, error)

//cachegen:cache key="stripe:customer:{id}" ttl=1h name=CustomerCache
type loadCustomer func(ctx context.Context, id string) (*stripe.Customer, error)
