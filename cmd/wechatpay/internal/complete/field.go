package complete

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue/labels"
)

// A Place is where the fields of a flag stand.
type Place func(e catalogue.Endpoint, l labels.Labels) (catalogue.Fields, labels.Names)

// Body are the fields of a body, or of the part meta of an upload; of an endpoint without
// one, those of the query.
func Body(e catalogue.Endpoint, l labels.Labels) (catalogue.Fields, labels.Names) {
	switch {
	case len(e.JSON) > 0:
		return e.JSON, l.JSON
	case e.Version == 2 && len(e.XML) > 0:
		return notFilled(e.XML), l.XML
	}
	for _, part := range e.Body {
		if part.Name == "meta" {
			return part.Fields, under(l.Body, "meta.")
		}
	}
	return Query(e, l)
}

// Query are the fields of the query.
func Query(e catalogue.Endpoint, l labels.Labels) (catalogue.Fields, labels.Names) {
	if e.Version == 2 {
		return notFilled(e.Query), l.Query
	}
	return e.Query, l.Query
}

// Vars are the variables of the path.
func Vars(e catalogue.Endpoint, l labels.Labels) (catalogue.Fields, labels.Names) {
	return e.Vars, l.Vars
}

// notFilled leaves out what the client fills in.
func notFilled(fields catalogue.Fields) catalogue.Fields {
	return slices.DeleteFunc(slices.Clone(fields), func(f catalogue.Field) bool { return catalogue.Filled(f.Name) })
}

// under returns the names below a prefix, which they are rid of.
func under(names labels.Names, prefix string) labels.Names {
	inner := labels.Names{}
	for path, name := range names {
		if rest, ok := strings.CutPrefix(path, prefix); ok {
			inner[rest] = name
		}
	}
	return inner
}

// Fields completes a flag that takes name=value, such as -f amount.total=100: the names at a
// place of the endpoint, a level at a time, and behind = the values that are known. Names that
// the same flag has already are left out.
func Fields(a *app.App, call Call, place Place) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
		e, ok := call.endpoint(args)
		if !ok {
			return nil, noFiles
		}
		fields, names := place(e, labels.Of(e))
		if name, _, isValue := strings.Cut(word, "="); isValue {
			return values(fields, name), ordered
		}
		return level(a, fields, names, word, given(cmd)), ordered | cobra.ShellCompDirectiveNoSpace
	}
}

// level proposes the names at the level of a word. Those that are required come first.
func level(a *app.App, fields catalogue.Fields, names labels.Names, word string, given []string) []cobra.Completion {
	parent, path := "", "" // as it is typed, and as the catalogue has it
	for {
		name, rest, ok := strings.Cut(word[len(parent):], ".")
		if !ok {
			break
		}
		f, found := field(fields, name)
		if !found {
			return nil
		}
		fields, parent, path = f.Fields, parent+name+".", path+name
		if lists := f.Type[len(strings.TrimRight(f.Type, "[]")):]; lists != "" {
			index, _, ok := strings.Cut(rest, ".")
			if !ok {
				return nil // the index is being typed
			}
			parent, path = parent+index+".", path+lists
		}
		path += "."
	}
	var required, others []cobra.Completion
	for _, f := range fields {
		candidate := parent + f.Name + opening(f)
		if !strings.HasPrefix(candidate, word) || slices.Contains(given, parent+f.Name) {
			continue
		}
		completion := cobra.CompletionWithDesc(candidate, describe(a, f, names[path+f.Name]))
		if f.Required {
			required = append(required, completion)
		} else {
			others = append(others, completion)
		}
	}
	return append(required, others...)
}

func field(fields catalogue.Fields, name string) (catalogue.Field, bool) {
	i := slices.IndexFunc(fields, func(f catalogue.Field) bool { return f.Name == name })
	if i < 0 {
		return catalogue.Field{}, false
	}
	return fields[i], true
}

// opening is what follows the name of a field.
func opening(f catalogue.Field) string {
	element, isList := strings.CutSuffix(f.Type, "[]")
	switch {
	case f.Text && len(f.Fields) > 0:
		return "." // its JSON text is written by its fields, too
	case element != "object" && !isList:
		return "="
	case element != "object":
		return ".0="
	case isList:
		return ".0."
	}
	return "."
}

// describe says what a field is.
func describe(a *app.App, f catalogue.Field, name string) string {
	text := strings.TrimSpace(name + " " + f.Type)
	if f.Required {
		text += a.T(", required", "，必填")
	}
	if f.Encrypted {
		text += a.T(", encrypted", "，加密")
	}
	return text
}

// values are the values of a field that are known, each behind its name.
func values(fields catalogue.Fields, typed string) []cobra.Completion {
	var f catalogue.Field
	for name := range strings.SplitSeq(typed, ".") {
		inner, found := field(fields, name)
		if found {
			f, fields = inner, inner.Fields
		}
	}
	known := f.Enum
	if f.Type == "boolean" {
		known = []string{"true", "false"}
	}
	words := make([]cobra.Completion, len(known))
	for i, value := range known {
		words[i] = typed + "=" + value
	}
	return words
}

// given are the names that the flags of the command line have set.
func given(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().Visit(func(f *pflag.Flag) {
		list, ok := f.Value.(pflag.SliceValue)
		if !ok {
			return
		}
		for _, assignment := range list.GetSlice() {
			name, _, _ := strings.Cut(assignment, "=")
			names = append(names, name)
		}
	})
	return names
}
