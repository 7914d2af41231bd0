package endpoint

import (
	"fmt"
	"strings"
)

// The paths of product coupons, which brands and their partners call in the same way.
const (
	brandCoupons   = "brand/marketing/product-coupon/"
	partnerCoupons = "v3/marketing/partner/product-coupon/"
)

// CheckCaller refuses a path of brands to a merchant, and any other one to a brand. The two
// sign by different schemes.
func CheckCaller(isBrand bool, path string) error {
	path = strings.TrimPrefix(path, "/")
	if strings.HasPrefix(path, "brand/") == isBrand {
		return nil
	}
	const anyway = "; Options.AnyCaller sends it all the same"
	if isBrand {
		if rest, ok := strings.CutPrefix(path, partnerCoupons); ok {
			return fmt.Errorf("Chain: %s… is for partners, and the client is a brand's: the same endpoint for brands is %s%s"+anyway, partnerCoupons, brandCoupons, rest)
		}
		return fmt.Errorf("Chain: the client is a brand's (Config.BrandID), whose paths begin with brand/; use a client with Config.MchID for %.60q"+anyway, path)
	}
	if rest, ok := strings.CutPrefix(path, brandCoupons); ok {
		return fmt.Errorf("Chain: %s… is for brands: use a client with Config.BrandID, or as a partner call %s%s"+anyway, brandCoupons, partnerCoupons, rest)
	}
	return fmt.Errorf("Chain: %.60q is for brands: use a client with Config.BrandID"+anyway, path)
}

// belowPrefix is a path without its slash at the start, and without the prefix that a base URL
// puts before it, as /hk.
func belowPrefix(path string) string {
	path = strings.TrimPrefix(path, "/")
	if strings.HasPrefix(path, "v3/") || strings.HasPrefix(path, "brand/") {
		return path
	}
	at, brand := strings.Index(path, "/v3/"), strings.Index(path, "/brand/")
	if brand >= 0 && (at < 0 || brand < at) {
		at = brand
	}
	return path[at+1:]
}
