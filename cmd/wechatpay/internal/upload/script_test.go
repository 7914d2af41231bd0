package upload_test

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/clitest"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func TestMain(m *testing.M) { clitest.Main(m) }

func TestScripts(t *testing.T) {
	clitest.Run(t, func(env *testscript.Env, _ *sandbox.Gateway) error {
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(env.WorkDir, "licence.png"), b.Bytes(), 0o600)
	})
}
