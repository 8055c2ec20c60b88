package proxy

// validName tells whether a header may have that name: a token of RFC 9110,
// section 5.6.2.
func validName(name []byte) bool {
	for _, b := range name {
		switch {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9':
		case b == '!', b == '#', b == '$', b == '%', b == '&', b == '\'', b == '*', b == '+', b == '-', b == '.',
			b == '^', b == '_', b == '`', b == '|', b == '~':
		default:
			return false
		}
	}
	return len(name) > 0
}

// validValue tells whether a header may have that value: RFC 9110, section 5.5.
func validValue(value []byte) bool {
	for _, b := range value {
		if b < ' ' && b != '\t' || b == 0x7f {
			return false
		}
	}
	return true
}
