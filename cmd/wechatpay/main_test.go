package main_test

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/clitest"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func TestMain(m *testing.M) { clitest.Main(m) }

func TestScripts(t *testing.T) {
	t.Parallel()
	clitest.Run(t, func(env *testscript.Env, gateway *sandbox.Gateway) error {
		c := gateway.Credentials()
		for name, value := range map[string]string{
			"MCHID": c.MchID, "SERIAL": c.Serial, "PUBLIC_KEY_ID": c.PublicKeyID,
			"APIV3_KEY": c.APIv3Key.Reveal(), "CONFIG": env.Getenv("XDG_CONFIG_HOME") + "/wechatpay/config.toml",
		} {
			env.Setenv(name, value)
		}
		return nil
	})
}
