package paysign

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// A stamp makes parameters valid for one use.
type stamp struct{ timestamp, nonce string }

func newStamp() stamp { return stamp{strconv.FormatInt(time.Now().Unix(), 10), signer.Nonce()} }

// signLines signs lines, each ended by a line feed, and returns base64.
func signLines(ctx context.Context, s signer.Signer, lines ...string) (string, error) {
	if s == nil {
		return "", errors.New("paysign: the signer is nil; make one with signer.New")
	}
	var message []byte
	for _, line := range lines {
		message = append(append(message, line...), '\n')
	}
	signature, err := signer.Sign(ctx, s, message)
	if err != nil {
		return "", fmt.Errorf("paysign: signing the parameters: %w", err)
	}
	return base64.StdEncoding.EncodeToString(signature), nil
}

// instalmentQuery returns what a choice of instalments adds to the package. PERIOD is
// the only kind of subsidy that is chosen by its number of instalments.
func instalmentQuery(name string, number int) (string, error) {
	switch {
	case number < 0:
		return "", fmt.Errorf("paysign: %s is %d; set a number that the order offers, such as 3, 6 or 12, or 0", name, number)
	case number == 0:
		return "", nil
	}
	return "&subsidy_period_type=PERIOD&selected_installment_number=" + strconv.Itoa(number), nil
}

// A field is a required field of an input.
type field struct{ name, value, fix string }

const (
	appIDFix    = "set the app id that opens the payment"
	prepayIDFix = "set the prepay_id of the reply"
	mchIDFix    = "set the merchant's mchid"
)

// required returns an error for the first field that is empty.
func required(fields ...field) error {
	for _, f := range fields {
		if f.value == "" {
			return fmt.Errorf("paysign: %s is empty; %s", f.name, f.fix)
		}
	}
	return nil
}

// bareIDs returns an error for the first field that is empty, or that holds more than an
// id, such as "prepay_id=wx…".
func bareIDs(fields ...field) error {
	if err := required(fields...); err != nil {
		return err
	}
	for _, f := range fields {
		if strings.ContainsAny(f.value, "=& \t\r\n") {
			return fmt.Errorf("paysign: %s %.80q contains '=', '&' or white space; pass the bare id", f.name, f.value)
		}
	}
	return nil
}
