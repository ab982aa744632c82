#!/usr/bin/env bash
# Draws the pictures of docs/shapes.md into docs/pictures, one a line of the lists below.
#
#   docs/pictures.sh                 all of them
#   docs/pictures.sh sphere torus    these
#
# SMALTO is the command that draws; target/release/smalto unless set.
set -euo pipefail
cd "$(dirname "$0")/.."
smalto=${SMALTO:-target/release/smalto}
model=$(mktemp --suffix=.smalto)
trap 'rm -f "$model"' EXIT

wanted() { # NAME [WANTED...]
    local name=$1
    shift
    [ $# -eq 0 ] && return 0
    for one in "$@"; do [ "$one" = "$name" ] && return 0; done
    return 1
}

# Shapes of the plane, as distances. NAME | FORMULA
plane='
circle | circle(x, y, 0.7)
ellipse | ellipse(x, y, 0.8, 0.45)
ring | ring(x, y, 0.6, 0.3)
arc | arc(x, y, 0.6, 2, 0.25)
pie | pie(x, y, 0.8, 1)
lens | lens(x, y, 0.9, 0.4)
rectangle | rectangle(x, y, 0.8, 0.5)
rounded_rectangle | rounded_rectangle(x, y, 0.8, 0.5, 0.25)
rhombus | rhombus(x, y, 0.8, 0.5)
trapezoid | trapezoid(x, y, 0.8, 0.4, 0.5)
trigon | trigon(x, y, -0.7, -0.5, 0.8, -0.3, 0, 0.7)
cross | cross(x, y, 0.8, 0.25)
polygon | polygon(x, y, 0.8, corners = 5)
star | star(x, y, 0.8, 0.5, corners = 5)
half_plane | half_plane(x, y, 0.7, 0.1)
segment | segment(x, y, -0.5, -0.3, 0.5, 0.3, 0.25)
bezier | bezier(x, y, -0.7, -0.4, 0, 1.2, 0.7, -0.4, 0.12)
honeycomb | honeycomb(x, y, 0.5, 0.08)
union | union(circle(x + 0.3, y, 0.5), rectangle(x - 0.3, y, 0.4, 0.4))
intersection | intersection(circle(x + 0.3, y, 0.6), rectangle(x - 0.2, y, 0.5, 0.4))
difference | difference(circle(x + 0.2, y, 0.6), rectangle(x - 0.3, y, 0.4, 0.4))
symmetric_difference | symmetric_difference(circle(x + 0.2, y, 0.6), rectangle(x - 0.3, y, 0.4, 0.4))
smooth_union | smooth_union(circle(x + 0.35, y, 0.4), circle(x - 0.35, y, 0.4), 0.4)
round_union | smooth_union(x + 0.2, y + 0.2, 0.6, blend = round)
chamfer_union | smooth_union(x + 0.2, y + 0.2, 0.6, blend = chamfer)
shells | shells(star(x, y, 0.9, 0.6), 0.15, 0.05, count = 4)
repeat | trigon(repeat(x, 0.5), repeat(y, 0.5), -0.2, -0.15, 0.2, -0.1, 0, 0.2)
polar | lens(polar(x, y, count = 7, axis = y), polar(x, y, count = 7) - 0.5, 0.5, 0.4)
emblem | @examples/shapes/emblem.smalto
'

# Solids. NAME | FORMULA
space='
sphere | sphere(x, y, z, 0.8)
ellipsoid | ellipsoid(x, y, z, 0.9, 0.5, 0.6)
cuboid | cuboid(x, y, z, 0.7, 0.5, 0.4)
rounded_cuboid | rounded_cuboid(x, y, z, 0.7, 0.5, 0.4, 0.15)
cuboid_frame | cuboid_frame(x, y, z, 0.7, 0.6, 0.5, 0.16)
cylinder | cylinder(x, y, z, 0.5, 0.6)
rounded_cylinder | rounded_cylinder(x, y, z, 0.55, 0.6, 0.2)
capsule | capsule(x, y, z, -0.4, -0.3, -0.2, 0.4, 0.3, 0.2, 0.3)
cone | cone(x, y, z - 0.6, 0.7, 1.2)
capped_cone | capped_cone(x, y, z, 0.7, 0.3, 0.5)
round_cone | round_cone(x, y, z + 0.4, 0.5, 0.2, 0.8)
torus | torus(x, y, z, 0.6, 0.22)
link | link(x, y, z, 0.3, 0.4, 0.16)
octahedron | octahedron(x, y, z, 0.9)
tetrahedron | tetrahedron(x, y, z, 0.6)
dodecahedron | dodecahedron(x, y, z, 0.7)
icosahedron | icosahedron(x, y, z, 0.7)
pyramid | pyramid(x, y, z + 0.4, 0.7, 1)
prism | prism(x, y, z, 0.7, 0.5, corners = 6)
facet | facet(x, y, z, -0.6, -0.5, 0, 0.7, -0.2, -0.2, 0, 0.6, 0.3, 0.08)
gyroid | max(surface(x, y, z, 0.8, 0.08), cuboid(x, y, z, 0.8, 0.8, 0.8))
primitive | max(surface(x, y, z, 0.8, 0.08, of = primitive), cuboid(x, y, z, 0.8, 0.8, 0.8))
diamond | max(surface(x, y, z, 0.8, 0.08, of = diamond), cuboid(x, y, z, 0.8, 0.8, 0.8))
neovius | max(surface(x, y, z, 0.8, 0.06, of = neovius), cuboid(x, y, z, 0.8, 0.8, 0.8))
lidinoid | max(surface(x, y, z, 0.8, 0.06, of = lidinoid), cuboid(x, y, z, 0.8, 0.8, 0.8))
fischer_koch | max(surface(x, y, z, 0.8, 0.06, of = fischer_koch), cuboid(x, y, z, 0.8, 0.8, 0.8))
iwp | max(surface(x, y, z, 0.8, 0.06, of = iwp), cuboid(x, y, z, 0.8, 0.8, 0.8))
labyrinth | max(labyrinth(x, y, z, 0.8, 0.35), cuboid(x, y, z, 0.8, 0.8, 0.8))
cubic | max(struts(x, y, z, 0.5, 0.06), cuboid(x, y, z, 0.8, 0.8, 0.8))
body_centred | max(struts(x, y, z, 0.5, 0.05, lattice = body_centred), cuboid(x, y, z, 0.8, 0.8, 0.8))
octet | max(struts(x, y, z, 0.8, 0.05, lattice = octet), cuboid(x, y, z, 0.8, 0.8, 0.8))
extrude | extrude(star(x, y, 0.8, 0.5), z, 0.25)
loft | loft(rectangle(x, y, 0.7, 0.7), circle(x, y, 0.4), z, 0.7, 0.6)
shell | max(shell(sphere(x, y, z, 0.8), 0.1), -y)
twist | max(star(twist(x, y, z, 1.2), twist(x, y, z, 1.2, axis = y), 0.6, 0.6) / twist_steepness(1.2, 0.6), abs(z) - 0.8)
taper | cuboid(taper(x, y, z, 0.8, 1, 0.4), taper(x, y, z, 0.8, 1, 0.4, axis = y), z, 0.6, 0.6, 0.8) / taper_steepness(0.8, 1, 0.4, 0.85)
bend | cuboid(bend(x, y + 0.5, 0.8), bend(x, y + 0.5, 0.8, axis = y), z, 1.6, 0.14, 0.3) * 0.8
vase | @examples/shapes/vase.smalto
bracket | @examples/shapes/bracket.smalto
sponge | @examples/shapes/sponge.smalto
rook | @examples/shapes/rook.smalto
helical_gear | @examples/shapes/helical_gear.smalto
chain | @examples/shapes/chain.smalto
lampshade | @examples/shapes/lampshade.smalto
'

# Reads a list and draws it with the options after it.
draw() { # LIST OPTION... -- [WANTED...]
    local list=$1 options=()
    shift
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    while IFS='|' read -r name formula; do
        name=${name// /}
        if [ -z "$name" ] || ! wanted "$name" "$@"; then continue; fi
        formula=${formula# }
        case $formula in
            @*) cp "${formula#@}" "$model" ;;
            *) printf '%s\n' "$formula" >"$model" ;;
        esac
        "$smalto" render "$model" -o "docs/pictures/$name.png" "${options[@]}"
    done <<<"$list"
}

draw "$plane" --size 256 --mode distance -- "$@"
draw "$space" --size 256 --3d --mode shade --pitch 60 --yaw 30 --scale 1.15 -- "$@"
