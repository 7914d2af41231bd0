package batchcmd_test

import (
	"testing"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/scripttest"
)

func TestMain(m *testing.M) { scripttest.Main(m) }

func TestScripts(t *testing.T) { scripttest.Run(t, nil) }
