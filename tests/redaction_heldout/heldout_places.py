"""Owns what people say when they give an e-mail or a street address away: sentences, with the secret in brackets.

Written before the rules were read, to check them from outside; marked as in `heldout_spoken`.
"""

from __future__ import annotations

EMAILS = """
my email is [sarah dot mitchell at gmail dot com]
It's [sarah.mitchell@gmail.com,] all lower case.
send it to [j underscore harper at outlook dot com]
[j as in juliet h a r p e r at northfield dot co dot uk]
it's [d o y l e] at [yahoo dot com]
that's [b dot kowalski at brightpath dash logistics dot com]
just [amara dot] uh [okafor at halden hyphen group dot io]
my address is [tom forty two at hotmail dot com]
You can send it over to [procurement@ridgeline.com]
you can email me at [priya at stacklane dot ai]
it's [m c a r v e r at lakeview dot org]
s p e l l it for me | [r i c k a r d] | okay | at [tilden dot com]
could you spell that | sure [p as in papa e t r o s at icloud dot com]
send the contract to [accounts at wetherby dot co dot uk] please
it's [anna marie ninety one at gmail]
[mike at cloudforge dot dev] is the best one
copy my assistant she's [l dot osborne at westgate dot edu]
it's my initials [k t w at fernhill dot net]
I'm [rob dot rob dot lane at me dot com]
Email is [Info@Castlepoint.co.uk.]
mine's [g r a n t underscore w zero seven at proton dot me]
it's [help dash desk at marlow dot com]
[nina at the] [harbor company dot com] that's all one word
I've got it as [d dot chen at orbix dot com] is that still right | yes
the best email's [jonas bergman all one word at gmail dot com]
"""

ADDRESSES = """
ship it to [fourteen twenty two maple avenue] [apartment three b]
Our address is [221 Willow Creek Road, Suite 400.]
I live at [twenty seven oakfield road]
it's [flat six] [thirty one gladstone terrace]
[P O box four one seven] | and the zip | [nine four one oh seven]
PO Box [1187,] that's where mail goes
postcode is [S W one A two A A]
the postcode's [M14 5TP]
zip code [six oh six one four]
Zip is [02139.]
mail it to [eight hundred north elm street]
we're at [one hundred and five high street]
send the hardware to [4410 Sunset Boulevard, Unit 12, 90027]
my home address is [seven seven one birchwood lane] springfield
what's the delivery address | [number nine the crescent]
billing address is [three thirty eight west fifty second street]
it's [eighteen b] [saint marks place] [second floor]
[sixteen hundred] [pennington drive]
the house is [six two oh] uh [cedar ridge court]
[Flat 2, 48 Albany Street, EH1 3QR]
[unit seven] [kestrel business park] [bristol road]
it's [B S one] | mm-hm | [four D J]
the zip's [one double oh one nine]
I moved, it's [5 Rosewood Close] now
we're on [station road] at [number forty four] postcode [L E two seven L H]
address on the account is [twelve oh nine lincoln way]
ship to [ninety one bay ridge parkway] [apt twelve f] [one one two oh nine]
"""
