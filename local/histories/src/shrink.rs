//! A shorter history that goes as wrong: happenings are dropped, many at once and then one by one, as long as something is wrong.

use crate::{
    history::{Happening, live},
    world::World,
};

/// The shortest that was found, and what is wrong in it.
pub fn shrink(world: &mut World, happenings: &[Happening], wrong: &str) -> (Vec<Happening>, String) {
    let mut shortest = (happenings.to_vec(), wrong.to_owned());
    let mut size = shortest.0.len() / 2;
    while size > 0 {
        let mut shorter = false;
        let mut from = 0;
        while from < shortest.0.len() {
            let mut fewer = shortest.0.clone();
            fewer.drain(from..(from + size).min(fewer.len()));
            match live(world, &fewer, false) {
                Some(wrong) => {
                    shortest = (fewer, wrong);
                    shorter = true;
                }
                None => from += size,
            }
        }
        if !shorter {
            size /= 2;
        }
    }
    shortest
}
