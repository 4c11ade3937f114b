"""Names for made-up people, of the many places the city's families come from."""

FIRST_NAMES = (
    "Priya", "Marcus", "Agnieszka", "Dorothy", "Harjit", "Latoya", "Stephen", "Fatima", "Ioana",
    "Keith", "Simran", "Delroy", "Emma", "Bilal", "Zofia", "Margaret", "Jaswinder", "Chidi",
    "Rachel", "Yusuf", "Andrei", "Sandra", "Manpreet", "Winston", "Katie", "Aisha", "Pawel",
    "Brenda", "Gurdeep", "Ngozi", "Daniel", "Shabnam", "Elena", "Terry", "Amardeep", "Precious",
    "Liam", "Nadia", "Jakub", "Sheila", "Ravinder", "Abena", "Michelle", "Rebwar", "Mihaela",
    "Colin", "Parminder", "Zainab",
)  # fmt: skip

LAST_NAMES = (
    "Kaur", "Brown", "Nowak", "Evans", "Singh", "Campbell", "Turner", "Ahmed", "Popescu",
    "Whitehouse", "Gill", "Francis", "Jones", "Hussain", "Kowalska", "Perry", "Dhillon", "Okafor",
    "Fletcher", "Ali", "Ionescu", "Price", "Sandhu", "Grant", "Bradley", "Begum", "Wisniewski",
    "Hickman", "Bains", "Adeyemi", "O'Connor", "Khan", "Radu", "Wootton", "Sahota", "Moyo",
    "Davies", "Malik", "Zielinski", "Round", "Virdee", "Asante", "Bennett", "Aziz", "Stan",
    "Fellows", "Chahal", "Mahmood",
)  # fmt: skip

CHILDREN = (
    "Ava", "Arjan", "Noah", "Zara", "Jayden", "Maja", "Leo", "Anaya", "Ibrahim", "Ruby", "Kai",
    "Sofia", "Ellis", "Amira", "Veer", "Lola",
)  # fmt: skip
