package guide

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/wechatpay-chain/wechatpay"
)

// MountedConfig reads a configuration from a folder where each file has the name of a variable, as
// Kubernetes mounts a Secret: WECHATPAY_MCHID, WECHATPAY_PRIVATE_KEY, WECHATPAY_APIV3_KEY and so on.
func MountedConfig(folder string) (wechatpay.Config, error) {
	return wechatpay.ConfigFrom(func(name string) (string, bool) {
		data, err := os.ReadFile(filepath.Join(folder, filepath.Base(name)))
		if err != nil {
			return "", false // what is missing, New names
		}
		return strings.TrimRight(string(data), "\r\n"), true
	})
}
