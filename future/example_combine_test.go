package future_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"

	"github.com/wechatpay-chain/wechatpay/future"
)

func ExampleAll() {
	sum, err := future.Then(future.All(future.Resolved(1), future.Resolved(2)), func(all []int) (int, error) {
		return all[0] + all[1], nil
	}).Wait()
	fmt.Println(sum, err)

	_, err = future.All(future.Resolved(1), future.Rejected[int](errors.New("refused"))).Wait()
	fmt.Println(err)
	// Output:
	// 3 <nil>
	// refused
}

func ExampleAny() {
	first, err := future.Any(future.Rejected[string](errors.New("the first host is down")), future.Resolved("the second answers")).Wait()
	fmt.Println(first, err)
	// Output: the second answers <nil>
}

func ExampleThen() {
	text := future.Then(future.Resolved(100), func(fen int) (string, error) {
		return strconv.Itoa(fen/100) + " yuan", nil
	})
	fmt.Println(text.Wait())
	// Output: 1 yuan <nil>
}

func ExampleFuture_Otherwise() {
	f := future.Go(context.Background(), func(context.Context) (int, error) { return 0, errors.New("no stock") }).
		Otherwise(func(err error) (int, error) {
			fmt.Println("failed:", err)
			return -1, nil
		})
	fmt.Println(f.Wait())
	// Output:
	// failed: no stock
	// -1 <nil>
}

func ExampleTryEach() {
	var input iter.Seq2[string, error] = func(yield func(string, error) bool) {
		_ = yield("7", nil) && yield("", errors.New("line 2 is no number"))
	}
	for text, outcome := range future.TryEach(context.Background(), 1, input, func(_ context.Context, text string) (int, error) {
		return strconv.Atoi(text)
	}) {
		fmt.Println(text, outcome.Value, outcome.Err)
	}
	// Output:
	// 7 7 <nil>
	//  0 future: the fan-out stopped before the end of its sequence: line 2 is no number
}
