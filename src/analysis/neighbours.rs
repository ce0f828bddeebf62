//! The examples nearest to a text by meaning, among those of a few intents.

use super::pieces::{DIMS, Direction};

/// Examples of an intent that are looked at; more cost time and are like one another.
const PER_CLASS_MAX: usize = 200;
/// Numbers are kept as whole ones up to this: sums of them are exact in any order.
const ONE: f32 = 127.0;
/// Adding it to a small number and taking it away again leaves the nearest whole one.
const WHOLE: f32 = 12_582_912.0;

type Rounded = [i8; DIMS];

/// Directions of examples by class.
pub(super) struct Neighbours {
    /// By class, the first of its rows; one more than there are classes.
    from: Vec<usize>,
    rows: Vec<Rounded>,
}

impl Neighbours {
    /// Keeps the first examples of each class.
    pub(super) fn of<'a>(examples: impl Iterator<Item = (&'a Direction, usize)>, classes: usize) -> Self {
        let mut of_class: Vec<Vec<Rounded>> = vec![Vec::new(); classes];
        for (direction, class) in examples {
            if let Some(rows) = of_class.get_mut(class).filter(|rows| rows.len() < PER_CLASS_MAX) {
                rows.push(rounded(direction));
            }
        }
        let mut from = vec![0];
        from.extend(of_class.iter().scan(0, |sum, rows| {
            *sum += rows.len();
            Some(*sum)
        }));
        Self { from, rows: of_class.into_iter().flatten().collect() }
    }

    /// How near the nearest example of each of `classes` is, 0 to 1, in their order.
    pub(super) fn nearness(&self, direction: &Direction, classes: &[usize]) -> Vec<f32> {
        let asked = rounded(direction);
        let nearest = |class: &usize| {
            let (from, to) = (self.from.get(*class)?, self.from.get(class + 1)?);
            self.rows.get(*from..*to)?.iter().map(|row| dot(&asked, row)).max()
        };
        classes.iter().map(|class| nearest(class).unwrap_or(0).max(0) as f32 / (ONE * ONE)).collect()
    }
}

fn rounded(direction: &Direction) -> Rounded {
    direction.map(|value| ((value * ONE + WHOLE) - WHOLE) as i8)
}

fn dot(one: &Rounded, other: &Rounded) -> i32 {
    one.iter().zip(other).map(|(a, b)| i32::from(i16::from(*a) * i16::from(*b))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::pieces::direction;
    use crate::analysis::words::Words;

    #[test]
    fn the_nearest_example_of_a_class_counts() {
        let of = |text: &str| direction(&Words::read(text));
        let examples = [(of("where is my parcel"), 0), (of("sing a song"), 0), (of("i want a refund"), 1)];
        let near = Neighbours::of(examples.iter().map(|(direction, class)| (direction, *class)), 3);
        let found = near.nearness(&of("where is my parcel"), &[1, 0, 2, 9]);
        assert!(found[1] > 0.97 && found[0] < 0.9, "{found:?}");
        assert_eq!((found[2], found[3]), (0.0, 0.0), "a class without examples is near to nothing");
        assert_eq!(near.nearness(&of(""), &[0]), [0.0]);
    }
}
