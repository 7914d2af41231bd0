package sandbox_test

import (
	"maps"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// A scene is the state that some endpoints need. Each of them is called in a gateway of its own,
// after the steps, with the ids that those gave out.
type scene struct {
	endpoints []string // a method and a path, of which * is any part
	before    []step
	values    values // of all requests
}

// A step is the call of an endpoint, or of an action of the control API.
type step struct {
	call   string
	values values // before those of the scene
}

// values take the place of generated ones, wherever their name ends the path of a field; nil
// leaves the field out. A name in braces is what an earlier request or reply had under it, and
// {name?key} a parameter of that URL.
type values map[string]any

func (v values) with(more values) values {
	all := maps.Clone(v)
	maps.Copy(all, more)
	return all
}

func and(steps []step, more ...step) []step { return slices.Concat(steps, more) }

func calls(names ...string) []step {
	steps := make([]step, len(names))
	for i, name := range names {
		steps[i] = step{call: name}
	}
	return steps
}

// later lets time pass.
func later(by string) step { return step{"clock", values{"advance": by}} }

// scenes are of the endpoints that a part of the sandbox plays in states of its own. The first
// that has an endpoint counts.
var scenes = slices.Concat(
	paymentScenes(), billScenes(), sharingScenes(), transferScenes(), batchScenes(), complaintScenes(),
	serviceScenes("/v3/payscore"), serviceScenes("/v3/payscore/partner"), permissionScenes(), contractScenes(), couponScenes(),
)

func sceneOf(e catalogue.Endpoint) (scene, bool) {
	i := slices.IndexFunc(scenes, func(s scene) bool {
		return slices.ContainsFunc(s.endpoints, func(pattern string) bool { return wild(pattern, name(e)) })
	})
	if i < 0 {
		return scene{}, false
	}
	return scenes[i], true
}

// wild reports whether a text is as a pattern says, in which each * is any text.
func wild(pattern, text string) bool {
	start, rest, more := strings.Cut(pattern, "*")
	text, is := strings.CutPrefix(text, start)
	if !is || !more {
		return is && text == ""
	}
	for i := range len(text) + 1 {
		if wild(rest, text[i:]) {
			return true
		}
	}
	return false
}
