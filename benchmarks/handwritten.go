package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// byHand is what a careful engineer writes for this one endpoint.
type byHand struct {
	host   string
	do     func(*http.Request) (*http.Response, error)
	sign   func(message []byte) ([]byte, error)
	verify func(message, signature []byte) error
}

func signByHand(key *rsa.PrivateKey) func([]byte) ([]byte, error) {
	return func(message []byte) ([]byte, error) {
		digest := sha256.Sum256(message)
		return rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
	}
}

func verifyByHand(key *rsa.PublicKey) func(message, signature []byte) error {
	return func(message, signature []byte) error {
		digest := sha256.Sum256(message)
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature)
	}
}

// call is a [call].
func (h byHand) call(ctx context.Context, number string) (string, error) {
	body, err := json.Marshal(newOrder(number))
	if err != nil {
		return "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.host+"/"+orderPath, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	timestamp, nonce := strconv.FormatInt(time.Now().Unix(), 10), rand.Text()
	message := r.Method + "\n" + r.URL.RequestURI() + "\n" + timestamp + "\n" + nonce + "\n" + string(body) + "\n"
	signature, err := h.sign([]byte(message))
	if err != nil {
		return "", err
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "handwritten")
	r.Header.Set("Authorization", fmt.Sprintf(
		`WECHATPAY2-SHA256-RSA2048 mchid="%s",serial_no="%s",timestamp="%s",nonce_str="%s",signature="%s"`,
		mchid, serial, timestamp, nonce, base64.StdEncoding.EncodeToString(signature)))
	resp, err := h.do(r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	reply, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	if err := h.check(resp, reply); err != nil {
		return "", err
	}
	var made struct {
		PrepayID string `json:"prepay_id"`
	}
	err = json.Unmarshal(reply, &made)
	return made.PrepayID, err
}

func (h byHand) check(resp *http.Response, body []byte) error {
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d: %s", resp.StatusCode, body)
	}
	header := resp.Header.Get
	timestamp := header("Wechatpay-Timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > 5*time.Minute {
		return errors.New("the reply is from another time")
	}
	if header("Wechatpay-Serial") != publicKeyID {
		return errors.New("the reply is signed by an unknown key")
	}
	signature, err := base64.StdEncoding.DecodeString(header("Wechatpay-Signature"))
	if err != nil {
		return err
	}
	return h.verify([]byte(timestamp+"\n"+header("Wechatpay-Nonce")+"\n"+string(body)+"\n"), signature)
}
