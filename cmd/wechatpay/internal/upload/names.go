package upload

import (
	"bytes"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/table"
	"github.com/wechatpay-chain/wechatpay/internal/errtext"
	"github.com/wechatpay-chain/wechatpay/openapi"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// names are what a person calls the endpoints that take a file, all of them.
var names = []struct{ name, path string }{
	{"image", "v3/merchant/media/upload"},
	{"video", "v3/merchant/media/video_upload"},
	{"marketing-image", "v3/marketing/favor/media/image-upload"},
	{"complaint-image", "v3/merchant-service/images/upload"},
	{"coupon-image", "v3/marketing/partner/product-coupon/media/upload-image"},
	{"brand-coupon-image", "brand/marketing/product-coupon/media/upload-image"},
	{"shopping-receipt", "v3/marketing/shopping-receipt/shoppingreceipts"},
	{"bank-package", "v3/marketing/bank/packages/{package_id}/tasks"},
	{"cancel-application", "v3/ecommerce/account/cancel-applications/media"},
	{"submission", "v3/mch-manage/submission-files/sub-mchid/{sub_mchid}/upload"},
	{"due-diligence", "v3/mch-operation-manage/enhanced-due-diligence/{due_diligence_id}/upload"},
	{"fapiao", "v3/new-tax-control-fapiao/fapiao-applications/upload-fapiao-file"},
	{"taxi-fapiao", "v3/taxi-invoice/cards/upload-file"},
	{"global-file", "v3/global/merchant-storage/file/upload"},
	{"global-complaint-image", "v3/global/merchant-service/images/upload"},
	{"v2-image", "v2/secapi/mch/uploadmedia"},
}

// endpointOf returns the endpoint of a name or a path.
func endpointOf(as string) (catalogue.Endpoint, error) {
	path := as
	for _, n := range names {
		if n.name == as {
			path = n.path
		}
	}
	e, ok := openapi.Lookup("POST", path)
	switch {
	case as == "":
		return e, failure.Usagef("upload: say what the file is by --as: image, video, or another name of wechatpay upload --help")
	case strings.HasPrefix(as, "/"):
		return e, failure.Usagef("--as: the path begins with a slash, which some shells rewrite; leave it out: %s", strings.TrimLeft(as, "/"))
	case !ok:
		return e, failure.Usagef("--as: there is no %s; use image, video, or another name of wechatpay upload --help", errtext.Printable(as))
	case e.Features.Multipart == nil:
		return e, failure.Usagef("--as: %s takes no file; wechatpay post sends to it", e.Route())
	}
	return e, nil
}

// listOf has a line for each name.
func listOf() string {
	var b bytes.Buffer
	rows := make([][]string, len(names))
	for i, n := range names {
		title := ""
		for _, e := range catalogue.Entries() {
			if e.Route() == n.path {
				title = e.Title
			}
		}
		rows[i] = []string{"  " + n.name, n.path, title}
	}
	_ = table.Write(&b, rows) // a Buffer does not fail
	return strings.TrimSuffix(b.String(), "\n")
}

func completeAs(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	words := make([]cobra.Completion, len(names))
	for i, n := range names {
		words[i] = cobra.CompletionWithDesc(n.name, n.path)
	}
	return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
