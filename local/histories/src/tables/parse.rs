//! Reads DynamoDB's expressions: conditions, key conditions and updates. What is not understood is an error, never ignored.

/// Where an attribute stands: its name, and the names below it. `#name` is a placeholder.
pub(super) type Path = Vec<String>;

/// What has a value.
#[derive(Debug)]
pub(super) enum Operand {
    Path(Path),
    Value(String),
    Size(Path),
    IfNotExists(Path, Box<Self>),
    ListAppend(Box<Self>, Box<Self>),
    Plus(Box<Self>, Box<Self>),
    Minus(Box<Self>, Box<Self>),
}

/// What is true or not of an item.
#[derive(Debug)]
pub(super) enum Condition {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Compare(Operand, Comparison, Operand),
    Between(Operand, Operand, Operand),
    In(Operand, Vec<Operand>),
    Exists(Path),
    NotExists(Path),
    IsOfType(Path, Operand),
    BeginsWith(Operand, Operand),
    Contains(Operand, Operand),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// One change of an update.
#[derive(Debug)]
pub(super) enum Change {
    Set(Path, Operand),
    Remove(Path),
    Add(Path, Operand),
}

type Parsed<T> = Result<T, String>;

pub(super) fn condition(text: &str) -> Parsed<Condition> {
    let mut reader = Reader::new(text)?;
    let condition = reader.or()?;
    reader.end()?;
    Ok(condition)
}

pub(super) fn update(text: &str) -> Parsed<Vec<Change>> {
    let mut reader = Reader::new(text)?;
    let mut changes = Vec::new();
    while let Some(clause) = reader.next() {
        loop {
            let path = reader.path()?;
            changes.push(match clause.to_ascii_uppercase().as_str() {
                "SET" => {
                    reader.expect("=")?;
                    Change::Set(path, reader.sum()?)
                }
                "REMOVE" => Change::Remove(path),
                "ADD" => Change::Add(path, reader.operand()?),
                _ => return Err(format!("{clause} is no clause of an update")),
            });
            if !reader.take(",") {
                break;
            }
        }
    }
    Ok(changes)
}

struct Reader {
    tokens: Vec<String>,
    at: usize,
}

impl Reader {
    fn new(text: &str) -> Parsed<Self> {
        let mut tokens: Vec<String> = Vec::new();
        let mut chars = text.chars().peekable();
        while let Some(first) = chars.next() {
            let mut token = first.to_string();
            match first {
                c if c.is_whitespace() => continue,
                '(' | ')' | ',' | '=' | '+' | '-' => {}
                '<' | '>' => {
                    while let Some(next) = chars.next_if(|c| *c == '=' || (first == '<' && *c == '>')) {
                        token.push(next);
                    }
                }
                c if is_name(c) => {
                    while let Some(next) = chars.next_if(|c| is_name(*c)) {
                        token.push(next);
                    }
                }
                other => return Err(format!("{other:?} means nothing in {text:?}")),
            }
            tokens.push(token);
        }
        Ok(Self { tokens, at: 0 })
    }

    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.at).map(String::as_str)
    }

    fn next(&mut self) -> Option<String> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    /// Takes the token if it comes next, whatever its case.
    fn take(&mut self, token: &str) -> bool {
        let found = self.peek().is_some_and(|next| next.eq_ignore_ascii_case(token));
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, token: &str) -> Parsed<()> {
        if self.take(token) { Ok(()) } else { Err(format!("{token} expected, not {:?}", self.peek())) }
    }

    fn end(&self) -> Parsed<()> {
        self.peek().map_or(Ok(()), |more| Err(format!("{more} is too much")))
    }

    fn or(&mut self) -> Parsed<Condition> {
        let mut left = self.and()?;
        while self.take("OR") {
            left = Condition::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Parsed<Condition> {
        let mut left = self.not()?;
        while self.take("AND") {
            left = Condition::And(Box::new(left), Box::new(self.not()?));
        }
        Ok(left)
    }

    fn not(&mut self) -> Parsed<Condition> {
        if self.take("NOT") {
            return Ok(Condition::Not(Box::new(self.not()?)));
        }
        if self.take("(") {
            let inner = self.or()?;
            self.expect(")")?;
            return Ok(inner);
        }
        self.test()
    }

    fn test(&mut self) -> Parsed<Condition> {
        let function = self.peek().map(str::to_ascii_lowercase).unwrap_or_default();
        match function.as_str() {
            "attribute_exists" | "attribute_not_exists" => {
                self.at += 1;
                self.expect("(")?;
                let path = self.path()?;
                self.expect(")")?;
                Ok(if function == "attribute_exists" { Condition::Exists(path) } else { Condition::NotExists(path) })
            }
            "attribute_type" => {
                self.at += 1;
                self.expect("(")?;
                let path = self.path()?;
                self.expect(",")?;
                let kind = self.operand()?;
                self.expect(")")?;
                Ok(Condition::IsOfType(path, kind))
            }
            "begins_with" | "contains" => {
                self.at += 1;
                self.expect("(")?;
                let (whole, part) = self.two()?;
                Ok(if function == "contains" {
                    Condition::Contains(whole, part)
                } else {
                    Condition::BeginsWith(whole, part)
                })
            }
            _ => self.comparison(),
        }
    }

    fn comparison(&mut self) -> Parsed<Condition> {
        let left = self.operand()?;
        if self.take("BETWEEN") {
            let low = self.operand()?;
            self.expect("AND")?;
            return Ok(Condition::Between(left, low, self.operand()?));
        }
        if self.take("IN") {
            self.expect("(")?;
            let mut any = vec![self.operand()?];
            while self.take(",") {
                any.push(self.operand()?);
            }
            self.expect(")")?;
            return Ok(Condition::In(left, any));
        }
        let comparison = match self.next().as_deref() {
            Some("=") => Comparison::Equal,
            Some("<>") => Comparison::Unequal,
            Some("<") => Comparison::Less,
            Some("<=") => Comparison::LessOrEqual,
            Some(">") => Comparison::Greater,
            Some(">=") => Comparison::GreaterOrEqual,
            other => return Err(format!("{other:?} compares nothing")),
        };
        Ok(Condition::Compare(left, comparison, self.operand()?))
    }

    fn sum(&mut self) -> Parsed<Operand> {
        let mut left = self.operand()?;
        loop {
            if self.take("+") {
                left = Operand::Plus(Box::new(left), Box::new(self.operand()?));
            } else if self.take("-") {
                left = Operand::Minus(Box::new(left), Box::new(self.operand()?));
            } else {
                return Ok(left);
            }
        }
    }

    fn operand(&mut self) -> Parsed<Operand> {
        let function = self.peek().map(str::to_ascii_lowercase).unwrap_or_default();
        match function.as_str() {
            "size" => {
                self.at += 1;
                self.expect("(")?;
                let path = self.path()?;
                self.expect(")")?;
                Ok(Operand::Size(path))
            }
            "if_not_exists" => {
                self.at += 1;
                self.expect("(")?;
                let path = self.path()?;
                self.expect(",")?;
                let otherwise = self.sum()?;
                self.expect(")")?;
                Ok(Operand::IfNotExists(path, Box::new(otherwise)))
            }
            "list_append" => {
                self.at += 1;
                self.expect("(")?;
                let (first, second) = self.two()?;
                Ok(Operand::ListAppend(Box::new(first), Box::new(second)))
            }
            value if value.starts_with(':') => Ok(Operand::Value(self.next().unwrap_or_default())),
            _ => Ok(Operand::Path(self.path()?)),
        }
    }

    /// `a, b)`
    fn two(&mut self) -> Parsed<(Operand, Operand)> {
        let first = self.operand()?;
        self.expect(",")?;
        let second = self.operand()?;
        self.expect(")")?;
        Ok((first, second))
    }

    fn path(&mut self) -> Parsed<Path> {
        match self.next() {
            Some(token) if token.chars().all(is_name) && !token.starts_with(':') => {
                Ok(token.split('.').map(str::to_owned).collect())
            }
            other => Err(format!("{other:?} is no attribute")),
        }
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '#' | ':' | '.')
}
