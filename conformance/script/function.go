package script

import (
	"fmt"
	"strings"
)

// Function is one function of the vocabulary, written NAME:ARGUMENT. It works on results: a request or response
// counts as a good result.
//
//	append:X       a good result becomes RESULT>X
//	fail:X         a good result becomes an error of kind X
//	wrap:X         an error becomes an error of kind X, with the old one as its cause
//	recover:X      an error becomes the good result X
//	accept         every request passes
//	reject:X       every request is rejected with an error of kind X
//	reject-if:R:X  the request R is rejected with an error of kind X
//	see:X          changes nothing; X only names it, for get-extension
//	panic          panics
//	call:N         for apply: calls the inner service N times and joins the responses with +
//
// Each use is reported, with what the function was applied to. As the function of map-future it is reported when it is
// given the call, which has no outcome yet, and so with no input; then it works on the outcome as everywhere.
type Function struct {
	Name     string
	Argument string
	Match    string // reject-if: the request that is rejected
}

// NilFunction stands for a missing function, to check how construction refuses it.
const NilFunction = "nil"

// ParseFunction reads a function of the vocabulary.
func ParseFunction(text string) (Function, error) {
	name, argument, _ := strings.Cut(text, ":")
	f := Function{Name: name, Argument: argument}
	switch name {
	case "append", "fail", "wrap", "recover", "reject", "call", "see":
		if argument == "" {
			return Function{}, fmt.Errorf("function %q needs an argument", text)
		}
	case "reject-if":
		f.Match, f.Argument, _ = strings.Cut(argument, ":")
		if f.Match == "" || f.Argument == "" {
			return Function{}, fmt.Errorf("function %q needs a request and a kind", text)
		}
	case "accept", "panic":
		if argument != "" {
			return Function{}, fmt.Errorf("function %q takes no argument", text)
		}
	default:
		return Function{}, fmt.Errorf("function %q is not in the vocabulary", text)
	}
	return f, nil
}

// String is the function as it is written in a layer.
func (f Function) String() string {
	switch {
	case f.Match != "":
		return f.Name + ":" + f.Match + ":" + f.Argument
	case f.Argument != "":
		return f.Name + ":" + f.Argument
	default:
		return f.Name
	}
}
