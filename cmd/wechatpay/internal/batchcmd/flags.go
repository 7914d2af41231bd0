package batchcmd

import (
	"math"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// flags are those of a run, as they were given.
type flags struct {
	input           string
	jobs            bool
	number          string
	encrypt         []string
	rate            float64
	inFlight        int
	strict, ordered bool
	first           bool
	retryStuck      bool
	retryCodes      []string
	apart           time.Duration
	noValidate      bool
}

func (f *flags) register(a *app.App, set *pflag.FlagSet) {
	set.StringVar(&f.input, "input", "-", a.T("the `FILE` with the lines; - is standard input", "输入`文件`；- 为标准输入"))
	set.BoolVar(&f.jobs, "jobs", false, a.T("each line is a job, with vars, query and body", "每行是一个任务，含 vars、query、body"))
	set.StringVar(&f.number, "number", "", a.T("the `FIELD` of the business number (default: what the catalogue knows)", "业务单号`字段`（默认取接口目录）"))
	set.StringSliceVar(&f.encrypt, "encrypt", nil, a.T("fields to encrypt: auto for those that are documented, or their `PATHS`", "要加密的敏感字段：auto 为文档标注的全部，或字段`路径`"))
	set.Float64Var(&f.rate, "rate", 0, a.T("at most `N` calls a second, queries too, of all workers together", "每秒最多 `N` 次调用（含查询），所有工作进程合计"))
	set.IntVar(&f.inFlight, "inflight", 16, a.T("calls at a time in this process; 0, with --nats: only feed workers", "本进程同时进行的调用数；配合 --nats 时 0 表示只分发"))
	set.BoolVar(&f.strict, "strict", false, a.T("send nothing if any line is wrong", "任意一行有误则不发送任何请求"))
	set.BoolVar(&f.noValidate, "no-validate", false, a.T("send what does not match the documentation", "不按文档校验，直接发送"))
	set.BoolVar(&f.ordered, "ordered", false, a.T("results in the order of the input", "按输入顺序输出结果"))
	set.BoolVar(&f.first, "first-run", false, a.T("promise that nothing of the input was ever sent outside of this state (default: if the folder is new); =false asks for every number first", "保证输入从未在此状态之外发送过（默认：状态文件夹是新的）；=false 则每个单号先查询"))
	set.BoolVar(&f.retryStuck, "retry-stuck", false, a.T("take up again those lines of the input that earlier runs left unknown or stuck", "重新处理输入中之前结果未知的单号"))
	set.StringSliceVar(&f.retryCodes, "retry-code", nil, a.T("take up again those lines of the input that were refused with one of these `CODES`, such as NOT_ENOUGH", "重新处理输入中以这些错误`代码`被拒绝的单号，如 NOT_ENOUGH"))
	set.DurationVar(&f.apart, "apart", 0, a.T("the time between two refunds of one order (default: as documented, 1m); 0s for none", "同一订单两次退款的间隔（默认按文档 1m）；0s 表示不限"))
}

// check refuses values that no run can have.
func (f *flags) check(set *pflag.FlagSet, p *place) error {
	const most = 1e6
	switch {
	case set.Changed("rate") && (math.IsNaN(f.rate) || f.rate <= 0 || f.rate > most):
		return failure.Usagef("--rate is %v; give the calls a second, such as 20", f.rate)
	case f.inFlight < 0 || f.inFlight > 4096:
		return failure.Usagef("--inflight is %d; it must be 0 to 4096", f.inFlight)
	case f.inFlight == 0 && p.url == "":
		return failure.Usagef("--inflight 0 makes no calls here: it is for --nats, where workers make them")
	case f.apart < 0:
		return failure.Usagef("--apart is %v; it must not be negative", f.apart)
	}
	return nil
}

// config returns the Config of a run, without its client and store.
func (f *flags) config(set *pflag.FlagSet) batch.Config {
	cfg := batch.Config{Strict: f.strict, InputOrder: f.ordered, InFlight: f.inFlight}
	if f.inFlight == 0 {
		cfg.InFlight = -1
	}
	if f.rate > 0 {
		cfg.Limits = []batch.Limit{{PerSecond: f.rate}}
	}
	if cfg.Apart = f.apart; f.apart == 0 && set.Changed("apart") {
		cfg.Apart = -1
	}
	if !f.noValidate {
		cfg.Check = validate
	}
	if f.retryStuck || len(f.retryCodes) > 0 {
		cfg.Again = func(r batch.Result) bool {
			return f.retryStuck && !r.Final() || r.Outcome == batch.Refused && slices.Contains(f.retryCodes, r.Code)
		}
	}
	return cfg
}
