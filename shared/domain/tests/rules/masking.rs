use crate::given::household;
use heatpay_domain::{
    household::Household,
    masking::{mask_id_number, mask_name, mask_openid, mask_phone},
};

#[test]
fn a_name_shows_its_first_and_last_character() {
    for (name, masked) in [("张小三", "张*三"), ("张三", "张*"), ("欧阳小三", "欧**三"), ("张", "*"), ("", "")]
    {
        assert_eq!(mask_name(name), masked);
    }
}

#[test]
fn a_phone_shows_its_first_three_and_last_four() {
    assert_eq!(mask_phone("13812345678"), "138****5678");
    assert_eq!(mask_phone("024-23456789"), "024*****6789");
    assert_eq!(mask_phone("5678"), "****", "too short to show anything");
}

#[test]
fn an_identity_number_shows_its_first_three_and_last_four() {
    assert_eq!(mask_id_number("990101197812250017"), "990***********0017");
}

#[test]
fn an_openid_shows_its_first_three_and_last_four() {
    assert_eq!(mask_openid("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"), "oUp*********************eS6o");
}

#[test]
fn a_household_in_a_log_shows_its_number_only() {
    let shown = format!("{:?}", Household { phone: Some("15400000001".to_owned()), ..household("89.52") });
    assert!(shown.contains("1000000001") && !shown.contains("林晓晨") && !shown.contains("154"), "{shown}");
}
