"""Owns sales talk full of numbers and near misses in which nothing is secret: every word must stay.

Written before the rules were read, to check them from outside. Turns are parted by " | ", speakers alternate.
"""

from __future__ import annotations

PLAIN = """
it's forty nine dollars per seat per month
we have two hundred and fifty seats today
the list price is twelve thousand four hundred
It comes to $18,750.00 a year.
we grew thirty two percent last year
that's a fifteen percent discount if you sign by friday
we'd want to go live in Q3 2026
let's meet on the fourteenth of march
how about tuesday the ninth at half past two
Can we do 3:30 on Thursday?
we're on version four point two point one
the part number is seven seven one dash b
we're in room four oh two
meet me in conference room 12
the company was founded in nineteen eighty two
back in 2019 we had three people
support is twenty four seven
it's a nine to five job
I have a one on one with her tomorrow
we drove down route 66
we ordered one thousand two hundred and forty units
the invoice total is four thousand one hundred fifty five dollars
the team is eight people and two contractors
we are ISO 27001 certified
we use Office 365 for everything
call me at four
call me at four thirty tomorrow
I'll call you at ten past five
between five and ten thousand a month
one two three testing can you hear me
we went from ten to twenty to forty reps in a year
out of ten I'd give it a nine
five out of five stars
it was fifty fifty honestly
the ratio is three to one
ninety nine point nine five percent uptime
we handle about 4,500 calls a week
we're looking at a hundred thousand in savings
that was two thousand and eighteen or nineteen
in two or three weeks we'll know
we did one million three hundred thousand in revenue
twenty twenty five was a slow year for us
the contract runs from January 1, 2026 to December 31, 2027
the renewal is on june thirtieth twenty twenty six
our fiscal year ends in september
it takes ten fifteen twenty minutes tops
we have a five hundred dollar minimum
I'd say one or two maybe three people
the first one two of them were fine
the model's the X one hundred
we replaced the T480 laptops last year
there's a step one two three guide in the docs
the meeting is on the fourth floor
we're at forty two percent of quota
I'm at my desk
let's look at the dot com side of the business
we started as a dot com in the nineties
look at that dot on the chart
we're good at email and bad at everything else
she's at lunch
we do a lot at the end of the quarter
are you looking at the dashboard right now
there's an underscore in the field name
GDPR article 17 and article 32
that's section four point one of the contract
the sla is four hours for a p one
we had one hundred and one users and ninety of them churned
the street price is lower
we're on the same page here
it's a two way street
they live down the road from us
we're on the road to recovery as a company
that avenue is closed for us
the drive to work is forty minutes
we have 12 offices in 4 countries
unit economics are about three to one
suite licensing is forty a seat
the api returns a 404
we got a 500 error at 9:15
port 8080 is blocked
HIPAA and SOC 2 type two
the class of twenty twelve
it's 80 20 really
we have a net thirty term
net 45 is what we'd ask for
we close about one in four
we've got twenty five fifty and one hundred seat tiers
so that's ten plus five plus five so twenty
we've two hundred two thousand rows in the sheet
it costs nineteen ninety nine
it's a hundred and ninety nine ninety nine a year
three forty five works for me
the june fifteenth deadline won't move
this account has been with us since 2021
our account executives carry eight hundred thousand each
how many accounts do you have | about three hundred and twelve
what was the number | seventeen thousand two hundred
what's your number for the quarter | one point two million
how many cards did you order | four thousand five hundred
the card reader's two ninety nine
extension of the contract by twelve months
we routed four hundred tickets last week
I was born in the wrong century
my birthday is a bit after that
the product was born in twenty sixteen
the social team is four people
my social media budget is nine thousand
passport control took two hours
the license is forty five dollars
we bought fifty licenses in 2023
zip it up and send me the file
the zip file is 200 megabytes
it's a flat fee of five hundred
flat two percent on everything
ticket number eleven is the one I mean
we hit our number three quarters in a row
slide twenty two shows the numbers
the score went from 7 to 8.5
I have a ten am and an eleven am and a two pm
one year at ten two years at eight three years at seven
"""
