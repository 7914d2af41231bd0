package jsonedit

// Bytes returns the text. Opened objects and lists are written without spaces.
func (t *Tree) Bytes() []byte {
	return t.root.append(make([]byte, 0, t.root.size()))
}

// size is the length of what append adds.
func (n *node) size() int {
	if n.opened == nil {
		return len(n.text)
	}
	size := len("{}")
	for i := range n.opened.members {
		m := &n.opened.members[i]
		size += len(m.quoted) + len(`:,`) + m.size()
	}
	return size
}

func (n *node) append(text []byte) []byte {
	if n.opened == nil {
		return append(text, n.text...)
	}
	begin, end := byte('{'), byte('}')
	if n.opened.isList {
		begin, end = '[', ']'
	}
	text = append(text, begin)
	first := true
	for i := range n.opened.members {
		m := &n.opened.members[i]
		if m.removed {
			continue
		}
		if !first {
			text = append(text, ',')
		}
		first = false
		if !n.opened.isList {
			text = append(append(text, m.quoted...), ':')
		}
		text = m.append(text)
	}
	return append(text, end)
}
