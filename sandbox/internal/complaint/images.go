package complaint

import "net/url"

// AddImage keeps an image that was uploaded by a merchant or a payer, by its media id. It
// keeps the data, which are not to be changed any more.
func (b *Book) AddImage(id string, data []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.state.Images[id] != nil {
		return
	}
	if data == nil {
		data = []byte{}
	}
	b.state.Images[id] = data
	b.state.Uploads = append(b.state.Uploads, id)
	limit := b.ImageLimit
	if limit <= 0 {
		limit = 64 << 20
	}
	for b.bytes += len(data); b.bytes > limit && len(b.state.Uploads) > 1; b.state.Uploads = b.state.Uploads[1:] {
		oldest := b.state.Uploads[0]
		b.bytes -= len(b.state.Images[oldest])
		delete(b.state.Images, oldest)
	}
}

// Image returns an image by its media id.
func (b *Book) Image(id string) (data []byte, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	data, ok = b.state.Images[id]
	return data, ok
}

// addresses are where images can be downloaded, signed as any call.
func (b *Book) addresses(ids []string) []any {
	base := b.Base
	if base == "" {
		base = "https://api.mch.weixin.qq.com"
	}
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = base + "/v3/merchant-service/images/" + url.PathEscape(id)
	}
	return list
}
