//! Functions of IP ranges.

use std::net::IpAddr;

use ecow::{EcoString, eco_format};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::call::Call;
use crate::eval::env::Env;
use crate::eval::problems;
use crate::value::{Node, Value};

pub(super) fn call(env: &mut Env<'_>, it: &Call<'_>) -> Option<Value> {
    if it.name == "is-cidr" {
        return Some(Value::Bool(it.texts.first().is_some_and(|it| parsed(it).is_some())));
    }
    if it.name == "cidrs-disjoint" {
        return Some(match overlapping(it.args.first()?.list()?) {
            Ok(found) => Value::Bool(found.is_none()),
            Err(text) => env.report(problems::fails(it.origin, &format!("`{text}` is no range of addresses"))),
        });
    }
    if !it.name.starts_with("cidr-") {
        return None;
    }
    let text = it.texts.first()?;
    let Some(net) = parsed(text) else {
        return Some(env.report(problems::fails(it.origin, &format!("`{text}` is no range of addresses"))));
    };
    let number = |nth: usize| match it.args.get(nth)?.value {
        Value::Int(it) => Some(it),
        _ => None,
    };
    let result: Result<EcoString, String> = match it.name {
        "cidr-netmask" => match net {
            IpNet::V4(it) => Ok(eco_format!("{}", it.netmask())),
            IpNet::V6(_) => Err("an IPv6 range has no netmask".into()),
        },
        "cidr-host" => host(net, number(1)?),
        "cidr-subnet" => subnet(net, number(1)?, number(2)?),
        _ => {
            let other = it.texts.get(1)?;
            let range = parsed(other).or_else(|| other.parse::<IpAddr>().ok().map(IpNet::from));
            return Some(match (it.name, range) {
                ("cidr-contains", Some(other)) => Value::Bool(net.contains(&other)),
                ("cidr-overlaps", Some(other)) => Value::Bool(net.contains(&other) || other.contains(&net)),
                (_, None) => env.report(problems::fails(it.origin, &format!("`{other}` is no address and no range"))),
                _ => return None,
            });
        }
    };
    Some(match result {
        Ok(text) => Value::Text(text),
        Err(reason) => env.report(problems::fails(it.origin, &reason)),
    })
}

/// Two ranges that have an address in common, by their positions.
///
/// # Errors
/// A text that is no range.
pub(super) fn overlapping(of: &[Node]) -> Result<Option<(usize, usize)>, EcoString> {
    let mut nets: Vec<(IpNet, usize)> = Vec::new();
    for (nth, it) in of.iter().enumerate() {
        let text = it.text().cloned().unwrap_or_else(|| it.value.show());
        nets.push((parsed(&text).ok_or(text)?, nth));
    }
    // Ranges lie in each other or apart: one that begins inside another comes right after it, or after what lies there, too.
    nets.sort_by_key(|(net, nth)| (net.network(), net.prefix_len(), *nth));
    let pairs = nets.iter().zip(nets.iter().skip(1));
    let mut clashes = pairs.filter(|((a, _), (b, _))| a.contains(b)).map(|((_, a), (_, b))| (*a.min(b), *a.max(b)));
    Ok(clashes.next())
}

/// A range without bits beyond its prefix.
fn parsed(text: &str) -> Option<IpNet> {
    let net: IpNet = text.parse().ok()?;
    (net.trunc() == net && text.contains('/')).then_some(net)
}

/// First address and number of host bits, as 128-bit numbers.
fn numbers(net: IpNet) -> (u128, u32) {
    match net {
        IpNet::V4(it) => (u128::from(u32::from(it.network())), 32 - u32::from(it.prefix_len())),
        IpNet::V6(it) => (u128::from(it.network()), 128 - u32::from(it.prefix_len())),
    }
}

fn address(net: IpNet, number: u128) -> Option<IpAddr> {
    match net {
        IpNet::V4(_) => u32::try_from(number).ok().map(|it| IpAddr::from(it.to_be_bytes())),
        IpNet::V6(_) => Some(IpAddr::from(number.to_be_bytes())),
    }
}

fn host(net: IpNet, nth: i64) -> Result<EcoString, String> {
    let (first, bits) = numbers(net);
    let last = first | 1_u128.checked_shl(bits).map_or(u128::MAX, |it| it - 1);
    let wanted = if nth >= 0 {
        first.checked_add(u128::from(nth.unsigned_abs()))
    } else {
        last.checked_sub(u128::from(nth.unsigned_abs()) - 1)
    };
    wanted
        .filter(|it| (first..=last).contains(it))
        .and_then(|it| address(net, it))
        .map(|it| eco_format!("{it}"))
        .ok_or_else(|| format!("`{net}` has no address number {nth}"))
}

fn subnet(net: IpNet, bits: i64, nth: i64) -> Result<EcoString, String> {
    let (first, host_bits) = numbers(net);
    let failed = || format!("`{net}` has no subnet number {nth} of {bits} more bits");
    let bits = u32::try_from(bits).ok().filter(|it| *it <= host_bits).ok_or_else(failed)?;
    let nth = u128::try_from(nth).ok().filter(|it| bits >= 127 || *it < (1_u128 << bits)).ok_or_else(failed)?;
    let start = first | nth.checked_shl(host_bits - bits).unwrap_or(0);
    let length = u8::try_from(bits).ok().and_then(|it| net.prefix_len().checked_add(it)).ok_or_else(failed)?;
    let made = match address(net, start).ok_or_else(failed)? {
        IpAddr::V4(it) => Ipv4Net::new(it, length).map(IpNet::from),
        IpAddr::V6(it) => Ipv6Net::new(it, length).map(IpNet::from),
    };
    made.map(|it| eco_format!("{it}")).map_err(|_| failed())
}
