use heatpay_partners::weixin::fitted;

fn goes_out(key: &str, value: &str) -> String {
    fitted(key, value).unwrap_or_else(|unfit| panic!("{unfit}: {value}"))
}

#[test]
fn text_for_people_is_cut_to_the_length_of_its_kind() {
    assert_eq!(goes_out("thing1", "2026-2027采暖季"), "2026-2027采暖季");
    assert_eq!(goes_out("thing1", &"暖".repeat(21)), format!("{}…", "暖".repeat(19)));
    assert_eq!(goes_out("name2", "阿依古丽·买买提艾力·吐尔逊"), "阿依古丽·买买提艾…");
    assert_eq!(goes_out("name2", "Alexandra Petrovna Ivanova"), "Alexandra Petrovna …");
    assert_eq!(goes_out("thing3", "海河家园\n3号楼"), "海河家园 3号楼", "line breaks are not allowed");
}

#[test]
fn what_would_say_something_else_when_cut_is_refused() {
    for (key, value) in [
        ("amount2", "12345678901.00元"),
        ("amount2", "about 12"),
        ("amount2", "¥"),
        ("time3", "25:01"),
        ("time3", "tomorrow 15:01"),
        ("date4", "2026-13-01"),
        ("number5", "12a"),
        ("character_string6", "户号1001"),
        ("character_string6", "123456789012345678901234567890123"),
        ("phone_number7", "139-0000-0000-0000-00"),
        ("phrase8", "paid"),
        ("letter9", "a1"),
        ("symbol10", "ab"),
        ("thing11", " \n "),
        ("unheard_of1", "x"),
    ] {
        assert!(fitted(key, value).is_err(), "{key}: {value}");
    }
}

#[test]
fn what_keeps_the_rule_of_its_kind_goes_out_as_it_is() {
    for (key, value) in [
        ("amount2", "1234.56元"),
        ("amount2", "¥2238.00"),
        ("time3", "15:01"),
        ("time3", "2019年10月1日 15:01"),
        ("time3", "2026-01-01 15:01:30"),
        ("date4", "2019年10月1日"),
        ("date4", "2019-10-01"),
        ("number5", "-12.50"),
        ("character_string6", "B2026F10010001"),
        ("phone_number7", "+86-022-12345678"),
        ("car_number8", "津A12345"),
        ("phrase9", "已缴费"),
        ("letter10", "ABC"),
        ("symbol11", "%$#"),
    ] {
        assert_eq!(goes_out(key, value), value);
    }
}
