package profile

import (
	"slices"
	"strings"
)

// prefix begins the name of each setting. Behind it, in small letters, is the key of a profile.
const prefix = "WECHATPAY_"

// The settings that ConfigFrom knows, without the prefix.
var (
	texts   = []string{"MCHID", "BRAND_ID", "SERIAL", "APPID", "BASE_URL", "PUBLIC_KEY_ID"}
	secrets = []string{"APIV3_KEY", "APIV2_KEY", "PRIVATE_KEY_PASSWORD"} // of a file, stdin, the environment or a keyring
	keys    = []string{"PRIVATE_KEY", "CERTIFICATE", "PUBLIC_KEY", "PLATFORM_CERTIFICATE"}
)

// names are the names of all settings. Keys and secrets may be in a file, too.
var names = func() (all []string) {
	for _, name := range texts {
		all = append(all, prefix+name)
	}
	for _, name := range slices.Concat(keys, secrets) {
		all = append(all, prefix+name, prefix+name+"_FILE")
	}
	return all
}()

// twin is the other name that a setting may have: NAME for NAME_FILE, and the reverse.
func twin(name string) string {
	if base, ok := strings.CutSuffix(name, "_FILE"); ok {
		return base
	}
	return name + "_FILE"
}

// public reports whether the value of a name may be shown.
func public(name string) bool {
	return slices.Contains(texts, strings.TrimPrefix(name, prefix)) || strings.HasSuffix(name, "_FILE")
}

// keyOf is the key of a setting in a profile, and nameOf the name of a key.
func keyOf(name string) string { return strings.ToLower(strings.TrimPrefix(name, prefix)) }
func nameOf(key string) string { return prefix + strings.ToUpper(key) }
