use super::InvoiceTitle;
use crate::household::is_tax_number;

/// Why a title cannot be used; in Chinese, for the person who wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTitle {
    /// No name, or a very long one.
    #[error("发票抬头应为 1 至 100 个字")]
    Name,
    /// A company's tax number without the company's name.
    #[error("填写纳税人识别号时,请同时填写单位名称")]
    NameOfTaxNo,
    /// A control character in it.
    #[error("发票抬头中有不能使用的字符")]
    Character,
    /// Not a tax number.
    #[error("纳税人识别号应为 15 至 20 位数字或大写字母")]
    TaxNo,
    /// Not a mail address.
    #[error("邮箱格式不正确")]
    Email,
}

impl InvoiceTitle {
    /// Checks the title as a person wrote it.
    pub fn check(&self) -> Result<(), InvalidTitle> {
        let name = self.name.trim();
        if !(1..=100).contains(&name.chars().count()) {
            return Err(InvalidTitle::Name);
        }
        if self.name.chars().any(|c| c.is_control() || c == '<' || c == '>') {
            return Err(InvalidTitle::Character);
        }
        if self.tax_no.as_deref().is_some_and(|tax_no| !is_tax_number(tax_no)) {
            return Err(InvalidTitle::TaxNo);
        }
        if self.email.as_deref().is_some_and(|email| !is_email(email)) {
            return Err(InvalidTitle::Email);
        }
        Ok(())
    }
}

/// The shape of a mail address: enough to catch a slip; whether it exists only the post knows.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._%+-".contains(&b));
    (3..=100).contains(&text.len())
        && !local.is_empty()
        && plain(local)
        && plain(domain)
        && domain.split('.').count() >= 2
        && domain.split('.').all(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(name: &str, tax_no: Option<&str>, email: Option<&str>) -> Result<(), InvalidTitle> {
        let text = |text: Option<&str>| text.map(str::to_owned);
        InvoiceTitle { name: name.to_owned(), tax_no: text(tax_no), email: text(email) }.check()
    }

    #[test]
    fn a_person_and_a_company_may_be_named() {
        assert_eq!(title("张三", None, None), Ok(()));
        assert_eq!(title("沈阳某某商贸有限公司", Some("91210100MA0TEST001"), Some("fapiao@example.com")), Ok(()));
    }

    #[test]
    fn what_cannot_be_printed_or_sent_is_refused() {
        assert_eq!(title(" ", None, None), Err(InvalidTitle::Name));
        assert_eq!(title(&"长".repeat(101), None, None), Err(InvalidTitle::Name));
        assert_eq!(title("<script>", None, None), Err(InvalidTitle::Character));
        assert_eq!(title("张三", Some("12345"), None), Err(InvalidTitle::TaxNo));
        for email in ["a", "a@b", "@b.cn", "a@.cn", "a b@c.cn", "a@b@c.cn"] {
            assert_eq!(title("张三", None, Some(email)), Err(InvalidTitle::Email), "{email}");
        }
    }
}
