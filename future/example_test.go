package future_test

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/wechatpay-chain/wechatpay/future"
)

func ExampleGo() {
	v, err := future.Go(context.Background(), func(context.Context) (int, error) { return 20, nil }).
		Then(func(v int) (int, error) { return v + 1, nil }).
		Then(func(int) (int, error) { return 0, errors.New("out of luck") }).
		Otherwise(func(err error) (int, error) { fmt.Println(err); return 42, nil }).
		Finally(func() { fmt.Println("finally") }).
		Wait()
	fmt.Println(v, err)
	// Output:
	// out of luck
	// finally
	// 42 <nil>
}

func ExampleEachOrdered() {
	words := []string{"one", "two", "three"}
	length := func(_ context.Context, word string) (int, error) { return len(word), nil }
	for word, outcome := range future.EachOrdered(context.Background(), 2, slices.Values(words), length) {
		fmt.Println(word, outcome.Value, outcome.Err)
	}
	// Output:
	// one 3 <nil>
	// two 3 <nil>
	// three 5 <nil>
}

func ExampleSettle() {
	outcomes, _ := future.Settle(future.Resolved(1), future.Rejected[int](errors.New("no"))).Wait()
	for _, o := range outcomes {
		fmt.Println(o.State(), o.Value, o.Err)
	}
	// Output:
	// fulfilled 1 <nil>
	// rejected 0 no
}
