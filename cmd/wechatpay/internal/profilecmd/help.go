package profilecmd

// help has the text of each flag of profile add, in English and Chinese.
var help = map[string][2]string{
	"mchid":                     {"`ID` of the merchant or the service provider", "商户号或服务商号 `ID`"},
	"brand_id":                  {"`ID` of a brand, in place of --mchid", "品牌 `ID`，代替 --mchid"},
	"serial":                    {"`SERIAL` number of the API certificate; not needed with --certificate-file", "商户证书序列号 `SERIAL`，有 --certificate-file 时不需要"},
	"appid":                     {"`APPID` of calls of APIv2 that name none", "APIv2 调用未写 appid 时使用的 `APPID`"},
	"base_url":                  {"base `URL`, such as a sandbox's", "接口地址 `URL`，例如沙箱地址"},
	"public_key_id":             {"`ID` of WeChat Pay's public key: PUB_KEY_ID_…", "微信支付公钥 `ID`：PUB_KEY_ID_…"},
	"private_key_file":          {"`FILE` of the private key, or the .p12", "商户私钥 `FILE`，或 .p12"},
	"certificate_file":          {"`FILE` of the merchant's API certificate", "商户 API 证书 `FILE`"},
	"public_key_file":           {"`FILE` of WeChat Pay's public key", "微信支付公钥 `FILE`"},
	"platform_certificate_file": {"`FILE` of a platform certificate", "微信支付平台证书 `FILE`"},
	"apiv3_key_file":            {"`FILE` that holds the APIv3 key; - for stdin at each use", "APIv3 密钥所在 `FILE`；- 表示每次从 stdin 读取"},
	"apiv2_key_file":            {"`FILE` that holds the APIv2 key; - for stdin at each use", "APIv2 密钥所在 `FILE`；- 表示每次从 stdin 读取"},
	"private_key_password_file": {"`FILE` that holds the password of the private key or the .p12", "私钥或 .p12 密码所在 `FILE`"},
}
