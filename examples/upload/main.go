// Upload uploads an image, as applications and complaints need it, and prints its
// media_id. An embedded gateway compares its digest.
//
//	go run ./examples/upload
package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"log"
	"os"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) error {
	gateway, err := sandbox.New(sandbox.Config{})
	if err != nil {
		return err
	}
	server, err := gateway.Start()
	if err != nil {
		return err
	}
	defer server.Close()
	merchant := gateway.Credentials()
	c, err := wechatpay.New(wechatpay.Config{
		MchID:        merchant.MchID,
		Serial:       merchant.Serial,
		PrivateKey:   merchant.PrivateKey,
		PlatformKeys: merchant.PlatformKeys(),
		BaseURL:      server.URL,
	})
	if err != nil {
		return err
	}
	defer c.CloseIdleConnections()

	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 100, 100))); err != nil {
		return err
	}
	// media.File("licence.png") streams a file from the disk.
	resp, err := c.Chain("v3/merchant/media/upload").Post(ctx, &wechatpay.Options{
		Body: media.Bytes("licence.png", picture.Bytes()),
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, "media_id", resp.Get("media_id"))
	return err
}
