//! Query strings (`application/x-www-form-urlencoded`). The same code runs on the server and in the browser,
//! so both parse an address the same way.

/// The names and values of a query string (without `?`), in order. Invalid escapes are kept literally.
pub fn decode(query: &str) -> Vec<(String, String)> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (unescape(name), unescape(value))
        })
        .collect()
}

/// The query string of names and values.
pub fn encode<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = String::new();
    for (name, value) in pairs {
        if !query.is_empty() {
            query.push('&');
        }
        escape(name, &mut query);
        query.push('=');
        escape(value, &mut query);
    }
    query
}

fn escape(text: &str, out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b',' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => {
                out.push('%');
                out.push(char::from(DIGITS[usize::from(byte >> 4)]));
                out.push(char::from(DIGITS[usize::from(byte & 15)]));
            }
        }
    }
}

fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escaped = match after {
            [high, low, ..] if first == b'%' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        rest = match escaped {
            Some((high, low)) => {
                bytes.push(high << 4 | low);
                &after[2..]
            }
            None => {
                bytes.push(if first == b'+' { b' ' } else { first });
                after
            }
        };
    }
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_browsers_write() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            decode("q=Beyonc%C3%A9+%26+co&&artist=a&artist=b%2Bc&daily"),
            [pair("q", "Beyoncé & co"), pair("artist", "a"), pair("artist", "b+c"), pair("daily", "")]
        );
        assert_eq!(decode("q=100%&r=%zz%e"), [pair("q", "100%"), pair("r", "%zz%e")]);
        assert_eq!(decode("q=%ff"), [pair("q", "\u{fffd}")]);
        assert_eq!(encode([("q", "a b&é"), ("open", "x,y")]), "q=a+b%26%C3%A9&open=x,y");
        assert_eq!(decode(""), []);
    }

    proptest! {
        #[test]
        fn round_trip(name in "[a-z]{1,5}", value in ".*") {
            prop_assert_eq!(decode(&encode([(name.as_str(), value.as_str())])), vec![(name, value)]);
        }

        #[test]
        fn never_panics(text in ".*") {
            decode(&text);
        }
    }
}
