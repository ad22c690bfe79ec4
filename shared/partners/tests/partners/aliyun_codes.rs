use heatpay_partners::sms::aliyun::{CodeClass, classify};

/// Every code of the protocol's table, with what it asks of us.
const TABLE: [(&str, &str, CodeClass); 35] = [
    ("OK", "OK", CodeClass::Ok),
    ("isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控Permits:1", CodeClass::Delay),
    ("isv.BUSINESS_LIMIT_CONTROL", "触发小时级流控Permits:5", CodeClass::GiveUp),
    ("isv.BUSINESS_LIMIT_CONTROL", "触发天级流控Permits:10", CodeClass::GiveUp),
    ("isv.DAY_LIMIT_CONTROL", "", CodeClass::Alert),
    ("isv.MONTH_LIMIT_CONTROL", "", CodeClass::Alert),
    ("Throttling.User", "", CodeClass::Throttled),
    ("Throttling.Api", "", CodeClass::Throttled),
    ("isp.SYSTEM_ERROR", "", CodeClass::ProviderFailed),
    ("ServiceUnavailable", "", CodeClass::ProviderFailed),
    ("InternalError", "", CodeClass::ProviderFailed),
    ("isv.AMOUNT_NOT_ENOUGH", "", CodeClass::Alert),
    ("isv.OUT_OF_SERVICE", "", CodeClass::Alert),
    ("isv.PRODUCT_UN_SUBSCRIPT", "", CodeClass::Alert),
    ("isv.ACCOUNT_NOT_EXISTS", "", CodeClass::Alert),
    ("isv.ACCOUNT_ABNORMAL", "", CodeClass::Alert),
    ("isp.RAM_PERMISSION_DENY", "", CodeClass::Alert),
    ("isv.SMS_TEMPLATE_ILLEGAL", "", CodeClass::OurData),
    ("isv.SMS_SIGNATURE_ILLEGAL", "", CodeClass::OurData),
    ("isv.SMS_SIGN_ILLEGAL", "", CodeClass::OurData),
    ("isv.TEMPLATE_MISSING_PARAMETERS", "", CodeClass::OurData),
    ("isv.INVALID_PARAMETERS", "", CodeClass::OurData),
    ("isv.INVALID_JSON_PARAM", "", CodeClass::OurData),
    ("isv.PARAM_LENGTH_LIMIT", "", CodeClass::OurData),
    ("isv.PARAM_NOT_SUPPORT_URL", "", CodeClass::OurData),
    ("isv.MOBILE_COUNT_OVER_LIMIT", "", CodeClass::OurData),
    ("isv.MOBILE_NUMBER_ILLEGAL", "", CodeClass::BadNumber),
    ("isv.BLACK_KEY_CONTROL_LIMIT", "", CodeClass::NeedsPerson),
    ("isv.SMS_CONTENT_ILLEGAL", "", CodeClass::NeedsPerson),
    ("InvalidAccessKeyId.NotFound", "", CodeClass::Alert),
    ("SignatureDoesNotMatch", "", CodeClass::Alert),
    ("InvalidTimeStamp.Expired", "", CodeClass::Alert),
    ("Forbidden.RAM", "", CodeClass::Alert),
    ("isv.SOMETHING_NEW", "", CodeClass::NotKnown),
    ("", "", CodeClass::NotKnown),
];

#[test]
fn every_code_has_its_class() {
    for (code, message, class) in TABLE {
        assert_eq!(classify(code, message), class, "{code} {message}");
    }
}
