"""Owns what people say when they give a number, an account or an id away: sentences, with the secret words in brackets.

Written before the rules were read, to check them from outside. Turns are parted by " | " and the two speakers
alternate. The words in square brackets are the secret; "uh" and the other speaker's "mm-hm" are not.
"""

# ruff: noqa: E501 - a sentence is one line

from __future__ import annotations

PHONES = """
yeah the best number for me is [four one five five five five oh one three four]
You can reach me at [415-555-0134] any time after lunch.
my cell is [4155550134]
it's [four fifteen five five five oh one thirty four]
call me on [two one two] uh [five five five] [oh one nine eight]
sure so that's [six one seven] | mm-hm | [five five five] | okay | [zero one seven two]
my direct line is [seven one eight five five five oh one hundred]
The number is [(312) 555-0188,] extension [204].
reach me at [eight hundred five five five oh one nine nine] extension [two two one]
It's area code [303,] then [555-0147.]
we're at [five five five oh one two three] local
just ring the office it's [oh two oh seven nine four six oh nine five eight]
my mobile's [oh double seven double oh nine hundred one two three]
it's [oh seven seven double oh nine double oh four five six]
plus [forty four seven seven hundred nine hundred one two three]
The number's [+44 7700 900123] if you want to text me.
Yeah, it's [07700 900 461.]
[one eight six six five five five oh one four two] is the main line
what's a good callback number | uh [nine one seven] [five five five] [zero one six six] | so [nine one seven five five five zero one six six] | that's it
so four digits at the end are what | the whole thing is [two oh six five five five oh one double one]
My number is [206.555.0119], the best time's morning.
give me a ring on [oh one six one four nine six oh triple oh]
is this still your number [five oh three five five five oh one five five] | yes it is
text it to my cell [five one two] [triple five] [oh one seventy six]
you got a pen | yep | [seven seven three] | [seven seven three] | [five five five] | uh huh | [oh one nine one]
The fax is [1-800-555-0175.]
my number hasn't changed it's [six four six] dash [five five five] dash [oh one eight two]
you can get me at [nine oh two five five five zero one] sorry [zero one three eight]
I'm on [555 0162] most of the day, area code [404].
our landline is [01632 960 983] or my mobile is [07700 900 982]
that's [four four] yeah [seven seven zero zero] um [nine zero zero] um [eight seven one]
Can you call me back at [628 555 0109]?
it's country code [one] then [four two four five five five oh one nine three]
"""

CARDS = """
okay the card number is [four two four two four two four two four two four two four two four two]
It's [4242 4242 4242 4242,] expiry [09/27,] CVC [123.]
the long number is [five five five five] [five five five five] [five five five five] [four four four four]
[4111-1111-1111-1111]
ready | go ahead | [four one one one] | yep | [one one one one] | yep | [one one one one] | mm-hm | [one one one one]
It's an Amex, [3782 822463 10005.]
so it's [forty two forty two forty two forty two forty two forty two forty two forty two]
and the expiry | [oh eight twenty eight] | and the three digits on the back | [seven three seven]
expires [eleven twenty nine] and the security code is [four one two]
the card is [five two double oh] [eight two eight two] [eight two eight two] [eight two one oh]
my visa is [4012888888881881] and it expires [December 2026]
CVV is [nine oh four]
put it on the company card [six oh one one] uh [one one one one] uh [one one one one] uh [one one one seven]
the amex one is [three seven eight two] [eight two two four six three] [one oh oh oh five]
The security code on the front is [7373.]
valid to [oh four] slash [twenty six]
the number across the front is [four thousand] [zero five six six] [five five six six] [five five five six]
"""

LAST_FOUR = """
is that the card ending in [four two four two]
it's the visa ending [1881]
last four digits on the card are [nine oh one seven]
charge the one that ends in [double four one two]
"""

BANK = """
our sort code is [twenty] [forty seven] [sixty one] and the account is [one two three four five six seven eight]
sort code [20-47-61], account number [12345678]
the routing number is [zero two one zero zero zero zero two one]
Routing is [021000021] and the account is [000123456789.]
checking account number [nine eight seven six five four three two one oh]
The IBAN is [GB29 NWBK 6016 1331 9268 19.]
our IBAN is [G B two nine N W B K six oh one six one three three one nine two six eight one nine]
IBAN [DE89370400440532013000]
account number is | yes | [three one nine two] | mm-hm | [six eight one nine]
it's sort code [six oh] [one six] [one three]
ABA is [one two one] [zero zero zero] [two four eight]
you'd wire it to account [four four one] uh [seven seven two] [nine nine oh one]
what's the sort code | [forty] dash [oh two] dash [fifteen]
account ends up being [double oh seven nine four six double three]
our bank account's [55779911,] same sort code as before
"""

IDS = """
my social is [one two three four five six seven eight nine]
social security number [219-09-9999]
the last four of my social are [nine nine nine nine]
My Social Security number is [078 05 1120.]
my social's [oh seven eight] [oh five] [eleven twenty]
can I take your national insurance number | it's [Q Q one two three four five six C]
NI number [QQ 12 34 56 C]
national insurance is [AB123456C]
my passport number is [five three three three eight oh one one two]
Passport's [C01234567], issued in the states
my driver's license is [D one two three four five six seven]
driving licence number [MORGA657054SM9IJ]
my license number is [N as in Nancy four one two double oh seven three]
I was born on [the fourteenth of March nineteen eighty two]
my date of birth is [three fourteen eighty two]
date of birth [14/03/1982]
DOB is [March 14th, 1982.]
and your birthday | [july second nineteen seventy five]
what's your date of birth | uh [the second of the seventh seventy five]
I was born [June 9, 1968,] so I'm not that young
date of birth is [oh two] [oh nine] [ninety one]
my employer ID number EIN is [twelve] dash [three four five six seven eight nine]
my nhs number is [nine four three four seven six five nine one nine]
tax id is [nine hundred] [seventy] [one two three four]
my birthday's [november the twenty first eighty eight]
"""
