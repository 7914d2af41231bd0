package batchcmd_test

import (
	"testing"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/clitest"
)

func TestMain(m *testing.M) { clitest.Main(m) }

func TestScripts(t *testing.T) { clitest.Play(t, nil) }
