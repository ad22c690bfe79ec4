//! Where a request comes from, for the limits alone. The address is a person's: only its hash is kept.

use axum::http::HeaderMap;
use heatpay_runtime::personal_data::PersonalData;
use std::net::{IpAddr, Ipv6Addr};

/// The hash of the client's address. Of `x-forwarded-for` only what our own gateway added counts, at the end; what stands
/// before it the client may have written. `None` where no gateway says where the request came from.
pub(crate) fn address_hash(headers: &HeaderMap, proxies: usize, personal_data: &PersonalData) -> Option<String> {
    let all = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let addresses: Vec<&str> = all.flat_map(|value| value.split(',')).map(str::trim).collect();
    let address = addresses.iter().rev().nth(proxies)?.parse::<IpAddr>().ok()?;
    Some(personal_data.lookup("address", &home_of(address)))
}

/// A home has one IPv4 address and a whole /64 of IPv6.
fn home_of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{address_hash, home_of};
    use axum::http::HeaderMap;
    use heatpay_runtime::personal_data::{PersonalData, PersonalDataSecret};

    fn hash_of(forwarded: &str, proxies: usize) -> Option<String> {
        let secret = PersonalDataSecret { master_key: "m".repeat(32) };
        let personal_data = PersonalData::new(&secret).unwrap();
        let headers = HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), forwarded.parse().unwrap())]);
        address_hash(&headers, proxies, &personal_data)
    }

    #[test]
    fn a_client_cannot_choose_its_address() {
        assert_eq!(hash_of("10.9.8.7, 203.0.113.7", 0), hash_of("203.0.113.7", 0));
        assert_ne!(hash_of("203.0.113.7, 203.0.113.8", 0), hash_of("203.0.113.7", 0));
    }

    #[test]
    fn our_own_proxy_is_not_the_client() {
        assert_eq!(hash_of("203.0.113.7, 198.51.100.1", 1), hash_of("203.0.113.7", 0));
        assert_eq!(hash_of("203.0.113.7", 1), None);
    }

    #[test]
    fn the_addresses_of_one_home_count_together() {
        assert_eq!(home_of("2001:db8:1:2:3:4:5:6".parse().unwrap()), "2001:db8:1:2::");
        assert_eq!(home_of("::ffff:203.0.113.7".parse().unwrap()), "203.0.113.7");
    }
}
