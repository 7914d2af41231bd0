package future_test

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/future"
)

func TestAPanicKeepsItsValueAndStack(t *testing.T) {
	f := future.Go(t.Context(), func(context.Context) (int, error) { panic(fmt.Errorf("broken: %w", io.EOF)) })
	_, err := f.Wait()
	var p *future.PanicError
	require.ErrorAs(t, err, &p)
	require.ErrorIs(t, err, io.EOF)
	assert.Contains(t, string(p.Stack), "TestAPanicKeepsItsValueAndStack")
	assert.Equal(t, "panic: broken: EOF", err.Error())

	_, err = future.Resolved(1).Then(func(int) (int, error) { panic("a word") }).Wait()
	require.ErrorAs(t, err, &p)
	assert.Equal(t, "a word", p.Value)
	require.NoError(t, p.Unwrap())

	_, err = future.Go(t.Context(), func(context.Context) (int, error) { runtime.Goexit(); return 0, nil }).Then(add(1)).Wait()
	require.ErrorIs(t, err, future.ErrGoexit)
}

func TestTheContextOfTheWorkEndsWithIt(t *testing.T) {
	var held context.Context
	_, err := future.Go(t.Context(), func(ctx context.Context) (int, error) { held = ctx; return 1, nil }).Wait()
	require.NoError(t, err)
	require.ErrorIs(t, held.Err(), context.Canceled, "or each call would stay with its parent for good")
}
