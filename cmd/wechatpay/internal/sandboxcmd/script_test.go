package sandboxcmd_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/clitest"
)

func TestMain(m *testing.M) { clitest.Main(m) }

func TestScripts(t *testing.T) {
	clitest.Play(t, func(env *testscript.Env, stage *clitest.Stage) error {
		env.Setenv("CONTROL_TOKEN", stage.Gateway.ControlToken())
		for dir, url := range map[string]string{"other": env.Getenv("HOOK"), "stranger": stage.URL} {
			content := `{"base_url":"` + url + `","control_token":"secret-token"}`
			if err := errors.Join(os.Mkdir(filepath.Join(stage.Dir, dir), 0o700), os.WriteFile(filepath.Join(stage.Dir, dir, "credentials.json"), []byte(content), 0o600)); err != nil {
				return err
			}
		}
		return nil
	})
}
