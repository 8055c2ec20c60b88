package properties

import (
	"maps"
	"slices"
	"strconv"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// contextModel is a context as a plain map. The values of counters are handles, which copies share.
type contextModel struct {
	state    string
	shared   *string
	guarded  bool
	values   map[string]string
	counters *string // the handle of the type counter; nil where there is none
}

func (c *contextModel) clone() *contextModel {
	copied := *c
	copied.values = maps.Clone(c.values)
	return &copied
}

func (c *contextModel) get(typ string) *string {
	if typ == script.Counter {
		if c.counters == nil {
			return nil
		}
		return new(*c.counters)
	}
	if value, is := c.values[typ]; is {
		return &value
	}
	return nil
}

func (c *contextModel) insert(typ, value string) {
	if typ == script.Counter {
		c.counters = &value
		return
	}
	c.values[typ] = value
}

func (c *contextModel) remove(typ string) {
	delete(c.values, typ)
	if typ == script.Counter {
		c.counters = nil
	}
}

func (c *contextModel) clear() {
	c.values, c.counters = map[string]string{}, nil
}

// seen is everything that the context shows.
func (c *contextModel) seen() *script.Seen {
	seen := &script.Seen{State: c.state, Shared: *c.shared, Guarded: c.guarded, Extensions: maps.Clone(c.values)}
	if c.counters != nil {
		seen.Extensions[script.Counter] = *c.counters
	}
	return seen
}

// contextsModel is every context of a script.
type contextsModel struct {
	*Run
	contexts []*contextModel
}

// step takes a step on a context, and holds the answer against the one that the model gives.
func (m *contextsModel) step(number int, step script.ContextStep, value *string) script.Event {
	answers := only(m.Do(script.Command{Do: script.OnContext, Context: number, Step: &step}), script.ContextAnswer)
	if len(answers) != 1 {
		m.Fail("the step is not answered")
	}
	if (value == nil) != (answers[0].Value == nil) || value != nil && *value != *answers[0].Value {
		m.Fail("the answer is not %s", inWords(value))
	}
	return answers[0]
}

func inWords(value *string) string {
	if value == nil {
		return "nothing"
	}
	return strconv.Quote(*value)
}

// look holds everything that every context shows against the model.
func (m *contextsModel) look() {
	for index, c := range m.contexts {
		seen := m.step(index+1, script.ContextStep{Op: script.Look}, nil).Seen
		if want := c.seen(); seen == nil || seen.State != want.State || seen.Shared != want.Shared || seen.Guarded != want.Guarded || !maps.Equal(seen.Extensions, want.Extensions) {
			m.Fail("context %d should show %v", index+1, want)
		}
	}
}

// draw draws a context, and makes one where there is none: rapid gives up a check that skips too many actions in a row.
func (m *contextsModel) draw(rt *rapid.T) (int, *contextModel) {
	if len(m.contexts) == 0 {
		m.make()
	}
	index := rapid.IntRange(0, len(m.contexts)-1).Draw(rt, "context")
	return index + 1, m.contexts[index]
}

func (m *contextsModel) make() {
	m.contexts = append(m.contexts, &contextModel{state: "s", shared: new("0"), values: map[string]string{}})
	m.step(len(m.contexts), script.ContextStep{Op: script.NewContext, Value: new("s")}, nil)
}

func (m *contextsModel) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"new": func(*rapid.T) { m.make() },
		"clone": func(rt *rapid.T) {
			other, c := m.draw(rt)
			m.contexts = append(m.contexts, c.clone())
			m.step(len(m.contexts), script.ContextStep{Op: script.CloneContext, Other: other}, nil)
		},
		"insert": func(rt *rapid.T) {
			number, c := m.draw(rt)
			typ, value := m.declares.typed(rt)
			previous := c.get(typ)
			c.insert(typ, *value)
			m.step(number, script.ContextStep{Op: script.Insert, Type: typ, Value: value}, previous)
		},
		"remove": func(rt *rapid.T) {
			number, c := m.draw(rt)
			typ, _ := m.declares.typed(rt)
			removed := c.get(typ)
			c.remove(typ)
			m.step(number, script.ContextStep{Op: script.Remove, Type: typ}, removed)
		},
		"get": func(rt *rapid.T) {
			number, c := m.draw(rt)
			typ, _ := m.declares.typed(rt)
			m.step(number, script.ContextStep{Op: script.Get, Type: typ}, c.get(typ))
		},
		"update": func(rt *rapid.T) {
			number, c := m.draw(rt)
			typ, value := m.declares.typed(rt)
			written := value
			switch {
			case c.get(typ) == nil:
				written = nil
			case typ == script.Counter:
				*c.counters = *value // everybody who shares the handle sees it
			default:
				c.insert(typ, *value)
			}
			m.step(number, script.ContextStep{Op: script.Update, Type: typ, Value: value}, written)
		},
		"clear": func(rt *rapid.T) {
			number, c := m.draw(rt)
			c.clear()
			m.step(number, script.ContextStep{Op: script.Clear}, nil)
		},
		"write state": func(rt *rapid.T) {
			number, c := m.draw(rt)
			c.state = one(rt, "x", "y")
			m.step(number, script.ContextStep{Op: script.WriteState, Value: new(c.state)}, nil)
		},
		"write shared": func(rt *rapid.T) {
			number, c := m.draw(rt)
			*c.shared = one(rt, "3", "4")
			m.step(number, script.ContextStep{Op: script.WriteShared, Value: new(*c.shared)}, nil)
		},
		"look": func(*rapid.T) { m.look() },
	}
}

// Extensions is the property of contexts: each is a map by itself, whatever is done to its clones and to what it was cloned from.
var Extensions = Property{
	Name:     "a context is a map by itself, whatever becomes of its clones",
	Requires: []string{"context"},
	Check: func(rt *rapid.T, r *Run) {
		m := &contextsModel{Run: r}
		rt.Repeat(m.actions())
		m.look()
	},
}

// Extending is Extensions with the extensions of one moved into another.
var Extending = Property{
	Name:     "what is moved into a context leaves no alias behind",
	Requires: []string{"context", "extensions-extend"},
	Check: func(rt *rapid.T, r *Run) {
		m := &contextsModel{Run: r}
		actions := m.actions()
		actions["extend"] = func(rt *rapid.T) {
			number, c := m.draw(rt)
			other, from := m.draw(rt)
			if other == number {
				rt.Skip("a context does not move into itself")
			}
			maps.Copy(c.values, from.values)
			if from.counters != nil {
				c.counters = from.counters
			}
			from.clear()
			m.step(number, script.ContextStep{Op: script.Extend, Other: other}, nil)
		}
		rt.Repeat(actions)
		m.look()
	},
}

// inserts tells whether the matcher matches, and what it inserts if it does.
func inserts(m script.Matcher) (matches bool, inserted map[string]string) {
	inserted = map[string]string{}
	switch m.Matcher {
	case "match", "miss":
		if m.Type != "" {
			inserted[m.Type] = m.Value
		}
		return m.Matcher == "match", inserted
	case "and":
		for _, one := range m.Of {
			matches, more := inserts(one)
			if !matches {
				return false, nil
			}
			maps.Copy(inserted, more)
		}
		return true, inserted
	case "or":
		for _, one := range m.Of {
			if matches, more := inserts(one); matches {
				return true, more
			}
		}
		return len(m.Of) == 0, nil
	case "not":
		matches, _ := inserts(m.Of[0])
		return !matches, nil
	default:
		return false, nil // an absent matcher
	}
}

// Matchers is the property of matchers: they match as the logic of their parts says, and leave what those inserted that count.
var Matchers = Property{
	Name:     "a matcher inserts what its matching parts have found and nothing else",
	Requires: []string{"context", "matchers"},
	Check: func(rt *rapid.T, r *Run) {
		m := &contextsModel{Run: r}
		m.actions()["new"](rt)
		for range rapid.IntRange(1, 5).Draw(rt, "times") {
			drawn := r.declares.matching(matcher(rt, 2))
			matches, inserted := inserts(drawn)
			if matches {
				for _, typ := range slices.Sorted(maps.Keys(inserted)) {
					m.contexts[0].insert(typ, inserted[typ])
				}
			}
			m.step(1, script.ContextStep{Op: script.Match, Matcher: &drawn}, new(strconv.FormatBool(matches)))
			m.look()
		}
	},
}
