//! Edges of contours: straight lines and quadratic Bezier curves, as plain numbers.

/// A place, as plain numbers.
pub(super) type Place = [f64; 2];

/// A line, or a quadratic Bezier curve if there is a control point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Edge {
    pub(super) from: Place,
    pub(super) control: Option<Place>,
    pub(super) to: Place,
}

impl Edge {
    pub(super) fn line(from: Place, to: Place) -> Edge {
        let control = None;
        Edge { from, control, to }
    }

    pub(super) fn curve(from: Place, control: Place, to: Place) -> Edge {
        let control = Some(control);
        Edge { from, control, to }
    }

    /// From end to end.
    pub(super) fn chord(&self) -> Place {
        minus(self.to, self.from)
    }

    pub(super) fn reversed(&self) -> Edge {
        Edge {
            from: self.to,
            control: self.control,
            to: self.from,
        }
    }

    /// The corners of what holds the edge.
    pub(super) fn corners(&self) -> impl Iterator<Item = Place> {
        [Some(self.from), self.control, Some(self.to)]
            .into_iter()
            .flatten()
    }

    pub(super) fn placed(&self, factor: f64, by: Place) -> Edge {
        let place = |at| placed(at, factor, by);
        Edge {
            from: place(self.from),
            control: self.control.map(place),
            to: place(self.to),
        }
    }

    pub(super) fn at(&self, t: f64) -> Place {
        match self.control {
            None => mix(self.from, self.to, t),
            Some(control) => mix(mix(self.from, control, t), mix(control, self.to, t), t),
        }
    }

    /// The two parts before and after t (de Casteljau).
    pub(super) fn split(&self, t: f64) -> [Edge; 2] {
        match self.control {
            None => {
                let middle = mix(self.from, self.to, t);
                [Edge::line(self.from, middle), Edge::line(middle, self.to)]
            }
            Some(control) => {
                let (before, after) = (mix(self.from, control, t), mix(control, self.to, t));
                let middle = mix(before, after, t);
                [
                    Edge::curve(self.from, before, middle),
                    Edge::curve(middle, after, self.to),
                ]
            }
        }
    }

    /// Where within the edge it is level in a coordinate, if anywhere.
    pub(super) fn turning_point(&self, axis: usize) -> Option<f64> {
        let control = self.control?[axis];
        let (before, after) = (control - self.from[axis], self.to[axis] - control);
        let t = before / (before - after);
        (t > 0.0 && t < 1.0).then_some(t)
    }

    /// The edge in one or two parts, each of which only rises or only falls in a coordinate.
    pub(super) fn split_at_turn(&self, axis: usize) -> Vec<Edge> {
        let Some(t) = self.turning_point(axis) else {
            return vec![*self];
        };
        let mut parts = self.split(t);
        // Exactly, whatever rounding says.
        let turn = parts[0].to[axis];
        for control in parts.iter_mut().filter_map(|part| part.control.as_mut()) {
            control[axis] = turn;
        }
        parts.to_vec()
    }

    /// By how much the edge turns the winding number of a place: 1 or -1 if it passes to the
    /// right of it upwards or downwards.
    pub(super) fn winding(&self, place: Place) -> i32 {
        let rising = self.split_at_turn(1);
        rising.iter().map(|part| part.monotone_winding(place)).sum()
    }

    fn monotone_winding(&self, [x, y]: Place) -> i32 {
        let (below, above) = (self.from[1] <= y, self.to[1] <= y);
        if below == above {
            return 0;
        }
        // Halves the part in which the height is reached until there are no more halves.
        let (mut low, mut high) = (0.0, 1.0);
        while self.control.is_some() {
            let middle = (low + high) / 2.0;
            if middle <= low || middle >= high {
                break;
            }
            match (self.at(middle)[1] <= y) == below {
                true => low = middle,
                false => high = middle,
            }
        }
        let at = match self.control {
            None => mix(self.from, self.to, (y - self.from[1]) / self.chord()[1]),
            Some(_) => self.at(low),
        };
        match (at[0] > x, below) {
            (false, _) => 0,
            (true, true) => 1,
            (true, false) => -1,
        }
    }

    /// Whether two edges go through each other; touching is not crossing.
    pub(super) fn crosses(&self, other: &Edge) -> bool {
        self.crosses_to_depth(other, 12)
    }

    fn crosses_to_depth(&self, other: &Edge, depth: usize) -> bool {
        let holding = |edge: &Edge| Bounds::around(edge.corners());
        if !holding(self).overlaps(&holding(other)) {
            return false;
        }
        let is_straight = self.control.is_none() && other.control.is_none();
        if is_straight || depth == 0 {
            return self.chords_cross(other);
        }
        let parts = |edge: &Edge| match edge.control {
            Some(_) => edge.split(0.5).to_vec(),
            None => vec![*edge],
        };
        let others = parts(other);
        parts(self).iter().any(|part| {
            others
                .iter()
                .any(|other| part.crosses_to_depth(other, depth - 1))
        })
    }

    fn chords_cross(&self, other: &Edge) -> bool {
        let parts = |line: &Edge, edge: &Edge| {
            let side = |place| cross(line.chord(), minus(place, line.from));
            side(edge.from) * side(edge.to) < 0.0
        };
        parts(self, other) && parts(other, self)
    }

    /// The least and the largest x and y.
    pub(super) fn bounds(&self) -> Bounds {
        let turns = [0, 1].map(|axis| self.turning_point(axis).map(|t| self.at(t)));
        let ends = [Some(self.from), Some(self.to)];
        Bounds::around(ends.into_iter().chain(turns).flatten())
    }

    /// Twice the area that a vector from the origin sweeps along the edge, counterclockwise.
    pub(super) fn swept(&self) -> f64 {
        let straight = cross(self.from, self.to);
        match self.control {
            None => straight,
            // The curve and its chord enclose two thirds of the triangle.
            Some(control) => {
                let triangle = cross(minus(control, self.from), self.chord());
                straight + triangle * (2.0 / 3.0)
            }
        }
    }

    /// The edge as lines that are at most `tolerance` away from it, without its first point.
    pub(super) fn flattened(&self, tolerance: f64) -> Vec<Place> {
        let Some(control) = self.control else {
            return vec![self.to];
        };
        // n chords stay within |from - 2 control + to| / (4 n^2) of the curve.
        let bend = minus(plus(self.from, self.to), times(control, 2.0));
        let count = (length(bend) / (4.0 * tolerance)).sqrt().ceil();
        let count = count.clamp(1.0, 1000.0) as usize;
        (1..=count)
            .map(|k| match k == count {
                true => self.to,
                false => self.at(k as f64 / count as f64),
            })
            .collect()
    }
}

/// A cubic Bezier curve as quadratic ones that are at most `tolerance` away from it.
///
/// With the same ends and (3 (b + c) - a - d) / 4 for its control point, the quadratic differs
/// from the cubic by t (t - 1/2) (t - 1) (d - 3c + 3b - a): by sqrt(3)/36 of that vector at
/// most. For each of n pieces the vector is n^3 times shorter.
pub(super) fn cubic(from: Place, b: Place, c: Place, to: Place, tolerance: f64) -> Vec<Edge> {
    let bend = plus(minus(to, from), times(minus(b, c), 3.0));
    let error = length(bend) * (3f64.sqrt() / 36.0);
    let count = (error / tolerance).cbrt().ceil().clamp(1.0, 1000.0) as usize;
    let mut edges = Vec::with_capacity(count);
    let mut rest = [from, b, c, to];
    for left in (1..=count).rev() {
        let (piece, after) = match left {
            1 => (rest, rest),
            _ => split_cubic(rest, 1.0 / left as f64),
        };
        let [p, q, r, s] = piece;
        let control = times(minus(times(plus(q, r), 3.0), plus(p, s)), 0.25);
        edges.push(Edge::curve(p, control, s));
        rest = after;
    }
    edges
}

fn split_cubic([a, b, c, d]: [Place; 4], t: f64) -> ([Place; 4], [Place; 4]) {
    let (ab, bc, cd) = (mix(a, b, t), mix(b, c, t), mix(c, d, t));
    let (abc, bcd) = (mix(ab, bc, t), mix(bc, cd, t));
    let middle = mix(abc, bcd, t);
    ([a, ab, abc, middle], [middle, bcd, cd, d])
}

/// A box along the axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// The least x and y.
    pub low: [f64; 2],
    /// The largest x and y.
    pub high: [f64; 2],
}

impl Bounds {
    /// The smallest that holds these; one that holds nothing if there are none.
    pub(super) fn around(places: impl IntoIterator<Item = Place>) -> Bounds {
        let nothing = Bounds {
            low: [f64::INFINITY; 2],
            high: [f64::NEG_INFINITY; 2],
        };
        places.into_iter().fold(nothing, |bounds, place| Bounds {
            low: [0, 1].map(|axis| bounds.low[axis].min(place[axis])),
            high: [0, 1].map(|axis| bounds.high[axis].max(place[axis])),
        })
    }

    /// The smallest that holds all of these.
    pub(super) fn joined(all: impl IntoIterator<Item = Bounds>) -> Bounds {
        Bounds::around(
            all.into_iter()
                .filter(|bounds| bounds.low[0] <= bounds.high[0])
                .flat_map(|bounds| [bounds.low, bounds.high]),
        )
    }

    pub(super) fn overlaps(&self, other: &Bounds) -> bool {
        (0..2).all(|axis| self.low[axis] <= other.high[axis] && other.low[axis] <= self.high[axis])
    }
}

/// Scaled about the origin, then moved.
pub(super) fn placed(at: Place, factor: f64, by: Place) -> Place {
    [0, 1].map(|axis| factor.mul_add(at[axis], by[axis]))
}

pub(super) fn plus(a: Place, b: Place) -> Place {
    [a[0] + b[0], a[1] + b[1]]
}

pub(super) fn minus(a: Place, b: Place) -> Place {
    [a[0] - b[0], a[1] - b[1]]
}

pub(super) fn times(a: Place, factor: f64) -> Place {
    a.map(|coordinate| coordinate * factor)
}

pub(super) fn mix(a: Place, b: Place, t: f64) -> Place {
    [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]
}

pub(super) fn dot(a: Place, b: Place) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

/// How far `b` is to the left of `a`, times the length of `a`.
pub(super) fn cross(a: Place, b: Place) -> f64 {
    a[0] * b[1] - a[1] * b[0]
}

pub(super) fn length(a: Place) -> f64 {
    a[0].hypot(a[1])
}

pub(super) fn angle(a: Place) -> f64 {
    a[1].atan2(a[0])
}
