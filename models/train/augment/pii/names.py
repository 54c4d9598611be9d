"""Given names and family names by language, and the ways in which a full name is written."""
from __future__ import annotations

import random
from typing import Dict, List, Tuple

# Each entry: given names, family names. A "_" stands for a space inside one name.
_NAMES: Dict[str, Tuple[str, str]] = {
    "english": (
        "Oliver Grace Harriet Nathan Eleanor Callum Imogen Wesley Tamsin Graham Beatrice Duncan Hazel Rupert Maisie "
        "Vernon Phoebe Clive Winifred Spencer Adele Gareth Bronwen Alistair Fiona Tristan Heather Leonard Rosalind Hugh",
        "Whitlock Pemberton Hargreaves Ashworth Tillman Brockway Fairchild Garrison Holloway Kettering Lockhart "
        "Marsden Nightingale Oakes Prescott Rutherford Stanhope Thackeray Underhill Winslow MacAllister O'Rourke "
        "Fitzgerald McBride Campbell Pritchard Llewellyn Sutherland Kincaid Drummond",
    ),
    "american": (
        "Tyler Brandi Dwayne Kaylee Marcus Shawna Travis LaToya Curtis Brianna Randall Misty Jerome Peggy Darnell "
        "Courtney Mitchell Tonya Garrett Kelsey Roy Jolene Earl Bonnie Lamar Crystal Wade Mary_Ann Billy Savannah",
        "Jefferson Washington Boyd Calhoun Dawkins Ellison Freeman Gaines Hubbard Ingram Jarrett Kirby Langley "
        "Mayfield Norwood Odom Pruitt Quarles Ramsey Shelton Tidwell Upchurch Vance Wilkerson Yarbrough Zimmer "
        "Beasley Cantrell Duffy Eubanks",
    ),
    "german": (
        "Jürgen Annegret Lukas Käthe Matthias Heidrun Sönke Friederike Bernd Ulrike Götz Lieselotte Hannes Jörg "
        "Wiebke Rüdiger Sabine Torsten Anja Konrad",
        "Müller Schröder Weiß Krüger Böhm Lindemann Vogelsang Hoffmann Jäger Köhler Baumgartner Schönfeld Dietrich "
        "Großmann Pfeiffer Achterberg Kühn Steinhauer Wegener Rößler",
    ),
    "swiss_austrian": (
        "Urs Reto Vreni Beat Regula Sepp Resi Alois Gundula Lorenz Leni Flurin Ladina Franzi Korbinian",
        "Zürcher Ammann Bürgi Grüter Hofer Inderbitzin Leitner Moser Niederberger Oberhauser Pichler Rüegg "
        "Stadelmann Tschudi Wüthrich",
    ),
    "french": (
        "Amélie Benoît Chloé Étienne Geneviève Hélène Jean-Luc Loïc Maëlle Noémie Océane Pascal Rémi Solène Thibault "
        "Yvette Zoé Gaëtan Marie-Claude Anaïs",
        "Beauchamp Chevallier Delacroix Fournier Gauthier Lefèvre Marchand Noël Perrault Rousselet Saint-Germain "
        "Thévenot Vaillancourt Bérubé Côté Desrosiers Lévesque Mercier Pelletier Guérin",
    ),
    "italian": (
        "Alessandra Bruno Chiara Davide Elisabetta Fabrizio Ginevra Ignazio Ludovica Massimo Nicolò Ornella Pasquale "
        "Raffaella Salvatore Tiziana Umberto Viviana Giosuè Donatella",
        "Abbagnale Bianchetti Cavalcanti D'Angelo Esposito Ferraro Gallinari Lombardini Marchetti Napolitano "
        "Orlandini Pellegrini Quaranta Ricciardi Santoro Trevisan Ventura Zanetti De_Luca Lo_Presti",
    ),
    "spanish": (
        "Alejandro Begoña Cristóbal Dolores Esteban Fermín Guadalupe Hernán Inés Joaquín Leticia Martín Nuria Óscar "
        "Pilar Ramón Soledad Tomás Úrsula Verónica José_Luis María_José Íñigo Yesenia",
        "Aguirre Benítez Castellanos Domínguez Echeverría Fuentes Gutiérrez Hinojosa Ibáñez Jiménez Ledesma "
        "Montesinos Núñez Ordóñez Peñaloza Quintero Rentería Saldaña Tejeda Urrutia Villaseñor Zambrano",
    ),
    "portuguese": (
        "Afonso Beatriz Caio Débora Estêvão Filipa Gonçalo Heloísa Iara João Lívia Matheus Natália Otávio Raíssa "
        "Sérgio Tainá Vinícius Conceição Luís",
        "Albuquerque Brandão Cavalcante Drummond_de_Sá Esteves Figueiredo Guimarães Leitão Magalhães Nogueira "
        "Paixão Queirós Rebelo Simões Teixeira Valadares Assunção dos_Santos da_Conceição Abrantes",
    ),
    "dutch": (
        "Bram Carlijn Dirk Femke Gerrit Hanneke Ivo Jelle Liesbeth Maarten Nienke Pieter Roos Sjoerd Teun Wouter "
        "Anneloes Klaas",
        "Bakker van_den_Berg de_Vries Dijkstra Hoekstra van_Leeuwen Kuipers ter_Horst Mulder Postma van_der_Meer "
        "Schouten Timmermans Verhoeven Wouters Zijlstra de_Bruijn Claessens",
    ),
    "swedish": (
        "Åsa Björn Elin Fredrik Gunilla Håkan Ingrid Jörgen Kerstin Lovisa Magnus Pär Signe Torbjörn Ylva Örjan",
        "Ahlström Bergström Dahlqvist Ekholm Forsgren Granlund Hedström Isaksson Lindqvist Nyberg Palmgren Rosén "
        "Sjöberg Söderlund Wallin Öhman",
    ),
    "norwegian": (
        "Asbjørn Bjørg Dagfinn Eirik Gro Håvard Ingebjørg Kåre Liv Marit Odd Ragnhild Sverre Torunn Øyvind Solveig",
        "Aasen Bakken Dahl Eriksen Fosse Grøndahl Haugland Iversen Kvamme Lysø Myhre Nygård Ødegård Solberg Tveit "
        "Strømmen",
    ),
    "danish": (
        "Anders Birgitte Claus Ditte Ejnar Freja Gorm Jytte Kaj Lærke Mogens Nanna Palle Rikke Søren Tove",
        "Abildgaard Bjerregaard Christoffersen Frandsen Gregersen Højgaard Kjær Lauridsen Mortensen Nørgaard "
        "Overgaard Rasmussen Skovgaard Thygesen Vestergaard Østergaard",
    ),
    "finnish": (
        "Aino Eero Helmi Ilkka Jaana Kalevi Lempi Matti Niilo Outi Päivi Riitta Seppo Tuulikki Väinö Äijä",
        "Ahonen Hakkarainen Jääskeläinen Kärkkäinen Lehtonen Mäkinen Niskanen Ojala Pöyhönen Rantala Salminen "
        "Tuominen Väisänen Ylönen Hämäläinen Korhonen",
    ),
    "icelandic": (
        "Aðalbjörg Birgir Dagný Einar Guðrún Hafþór Ísak Jóhanna Kjartan Ólöf Ragnheiður Sigurður Þórdís Ævar Örn "
        "Unnur",
        "Arnarsdóttir Björnsson Einarsdóttir Gunnlaugsson Helgason Ísleifsdóttir Jónsdóttir Kristjánsson "
        "Magnúsdóttir Ólafsson Pétursdóttir Sigurðsson Stefánsdóttir Þorvaldsson Ægisson Guðmundsdóttir",
    ),
    "hungarian": (
        "Ágnes Balázs Csilla Dezső Emőke Ferenc Gábor Hajnalka Ildikó Jenő Kálmán László Márta Nóra Ödön Piroska "
        "Réka Sándor Tünde Zsófia Zsolt Györgyi",
        "Bárány Csányi Dömötör Erdélyi Fülöp Gyöngyösi Halász Juhász Kerekes Lakatos Mészáros Németh Orbán Pintér "
        "Rácz Szűcs Takács Ürögdi Vörös Zsigmond Kőszegi Bíró",
    ),
    "polish": (
        "Agnieszka Bożena Czesław Dorota Elżbieta Grzegorz Halina Ireneusz Jadwiga Kazimierz Łukasz Małgorzata "
        "Paweł Stanisława Wojciech Żaneta",
        "Adamczyk Błaszczyk Cieślak Dąbrowska Górecki Jabłoński Kowalczyk Lewandowska Majchrzak Nowicki Piątek "
        "Sikorska Szczepański Świątek Wójcik Żółtowska",
    ),
    "czech_slovak": (
        "Bohumil Čeněk Dagmar Eliška František Hedvika Jiří Květa Ludmila Miloš Ondřej Radka Štěpán Vojtěch Zdeňka "
        "Ľubica",
        "Bartoš Čermáková Doležal Fialová Hájek Horáčková Jelínek Křížová Marešová Novotný Pokorná Růžička Šimková "
        "Vávra Zelenka Ďurišová",
    ),
    "south_slavic": (
        "Anđela Blaž Ćiril Dragana Đorđe Goran Jasna Katarina Ljubomir Miroslav Nevenka Ožbej Slavica Tjaša Vesna "
        "Živa",
        "Babić Cvetković Đukić Golob Horvat Ivanišević Jurković Kovačič Lazarević Matković Nikolić Petrović "
        "Stojanović Šimić Vuković Žnidaršič",
    ),
    "russian_ukrainian": (
        "Arkady Bogdan Ekaterina Fyodor Galina Igor Ksenia Larisa Maksim Nadezhda Oksana Pyotr Ruslan Svetlana "
        "Taras Vladislav Yaroslava Zinaida",
        "Abramov Belyaeva Chernenko Dmitriev Efimova Fedorchuk Gorbunov Ilyina Kravchenko Lisitsyn Morozova "
        "Nikitin Ovchinnikova Petrenko Romanenko Sokolova Tkachenko Zhukov",
    ),
    "baltic": (
        "Aivar Kadri Tõnu Ülle Peeter Liga Jānis Ilze Gintaras Rasa Vytautas Jolanta Maarja Rein",
        "Tamm Kask Õunapuu Pärn Sepp Bērziņš Ozoliņa Kalniņš Kazlauskas Jankauskienė Petrauskas Žukauskaitė Rebane "
        "Liiv",
    ),
    "romanian_bulgarian": (
        "Ionuț Anca Răzvan Doina Ștefan Mihaela Costel Viorica Plamen Desislava Krasimir Tsvetelina Bogdana Radu",
        "Popescu Ionescu Dumitrașcu Văcărescu Ungureanu Țepeș Munteanu Georgiev Dimitrova Todorov Hristova "
        "Angelova Stoyanov Lupu",
    ),
    "greek": (
        "Eleni Dimitris Katerina Yannis Stavroula Panagiotis Vasiliki Kostas Despina Thanasis Ioanna Nikos Ελένη "
        "Γιώργος",
        "Papadopoulos Georgiou Konstantinidou Nikolaidis Pappas Vlachos Economou Karagiannis Antoniou "
        "Hatzidakis Μακρής Ιωάννου Stavrou Alexiou",
    ),
    "turkish": (
        "Ayşe Burak Çağla Deniz Emre Gülşen Hakan İpek Kerem Leyla Mehmet Nilüfer Özgür Şule Tuğba Yiğit",
        "Aydın Bozkurt Çelik Demirci Erdoğmuş Güneş Kaplan Koçak Öztürk Polat Sarıkaya Şimşek Tekin Uçar Yıldırım "
        "Aksoy",
    ),
    "arabic": (
        "Abdullah Amina Bilal Dalia Fadi Ghada Hassan Ibtisam Jamal Khadija Layth Maryam Nabil Omar Rania Samir "
        "Tariq Yasmin",
        "al-Masri Haddad Khalil Mansour Nasser el-Sayed Qureshi Rahmani Saleh Shami al-Rashid Zaidan Bakri "
        "Darwish ben_Youssef Fakhoury Ghanem Hijazi",
    ),
    "persian_hebrew": (
        "Arash Behnaz Dariush Farideh Kaveh Mahsa Parisa Siavash Avigail Eitan Noam Shira Yael Oren",
        "Farrokhzad Ghorbani Hosseini Jafari Karimi Moradi Tehrani Vaziri Ben-David Cohen Levi Mizrahi Peretz "
        "Shapira",
    ),
    "south_asian": (
        "Aarav Bhavna Chandra Deepika Farhan Gayatri Harish Indira Jyoti Kavita Lakshmi Manoj Nisha Pradeep Ravi "
        "Sunita Tanvir Vikram",
        "Agarwal Banerjee Chatterjee Deshpande Gupta Iyer Joshi Krishnamurthy Mehta Nair Patil Rajput Siddiqui "
        "Subramanian Thakur Venkatesan Choudhury Bhattarai",
    ),
    "chinese": (
        "Wei Xiaoming Meiling Jianguo Hui Lihua Zhen Yuting Bo Qing Chunhua Haoran Jing Ruoxi",
        "Wang Zhang Chen Liu Huang Zhao Zhou Xu Guo Ouyang Lin Zheng Tang Xie",
    ),
    "japanese": (
        "Akiko Daisuke Emi Fumiko Haruto Isamu Kaori Makoto Noriko Ryouta Sakura Takeshi Yuuki Shizuka Kenji Chihiro",
        "Aoyama Endou Fujimoto Hasegawa Inoue Kobayashi Matsumoto Nakagawa Ogawa Saitou Takahashi Ueda Watanabe "
        "Yamaguchi Shimizu Kuroda",
    ),
    "korean_vietnamese": (
        "Ji-woo Min-jun Seo-yeon Hyun-woo Eun-ji Sang-hoon Linh Thảo Quang Minh_Anh Đức Hương Tuấn Phương",
        "Kim Park Choi Jeong Kang Yoon Lim Han Nguyen Trần Phạm Đặng Bùi Võ",
    ),
    "african": (
        "Adaeze Babajide Chinedu Efua Folasade Kwame Lerato Makena Nomvula Oluwaseun Sipho Thandiwe Wanjiru Yaw "
        "Zanele Amadou Fatoumata Kofi",
        "Abiola Boateng Chukwu Dlamini Eze Kamau Mbeki Mensah Mwangi Nkosi Okafor Ouattara Sithole Tshabalala Wanjala "
        "Diallo Ndiaye Adeyemi",
    ),
    "filipino_pacific": (
        "Arnel Jovelyn Rodel Maricel Danilo Rowena Tevita Sione Leilani Kalani Manaia Wiremu Aroha Malia",
        "Bautista Dimaculangan Manalo Pangilinan Tolentino Villanueva Tupou Fonoti Kahananui Ngata Parata Tuilagi "
        "Macaraeg Salonga",
    ),
}

_SUFFIXES = ["Jr.", "Sr.", "II", "III", "MD", "PhD", "DDS", "Esq."]
_INITIALS = "ABCDEFGHIJKLMNOPRSTVWZÁÓŠØ"


def _split(block: str) -> List[str]:
    return [word.replace("_", " ") for word in block.split()]


NAMES: Dict[str, Tuple[List[str], List[str]]] = {
    language: (_split(given), _split(family)) for language, (given, family) in _NAMES.items()
}
GIVEN_NAMES: List[str] = sorted({name for given, _ in NAMES.values() for name in given})
FAMILY_NAMES: List[str] = sorted({name for _, family in NAMES.values() for name in family})
_LANGUAGES: List[str] = sorted(NAMES)
# Most mail in the data is English, with the rest of the world behind it.
_WEIGHTS: List[int] = [4 if language in ("english", "american") else 1 for language in _LANGUAGES]


def pick_language(rng: random.Random) -> str:
    """A language, English ones more often."""
    return rng.choices(_LANGUAGES, weights=_WEIGHTS)[0]


def given_name(rng: random.Random) -> str:
    """One given name."""
    return rng.choice(NAMES[pick_language(rng)][0])


def family_name(rng: random.Random) -> str:
    """One family name, seldom a double one."""
    family = NAMES[pick_language(rng)][1]
    if rng.random() < 0.03:
        return "-".join(rng.sample(family, 2))
    return rng.choice(family)


def full_name(rng: random.Random) -> str:
    """A given and a family name, with a middle initial, a second family name, or a suffix now and then."""
    language = pick_language(rng)
    given, family = rng.choice(NAMES[language][0]), rng.choice(NAMES[language][1])
    if rng.random() < 0.12:
        family = family_name(rng)
    if language in ("spanish", "portuguese") and rng.random() < 0.5:
        family += " " + rng.choice(NAMES[language][1])
    draw = rng.random()
    initial = rng.choice(_INITIALS)
    if draw < 0.10:
        return f"{given} {initial}. {family}"
    if draw < 0.18:
        return f"{given} {initial} {family}"
    if draw < 0.21:
        return f"{given} {family} {rng.choice(_SUFFIXES)}"
    if draw < 0.24:
        return f"{given[0]}. {family}"
    if draw < 0.26:
        return f"{given} {given_name(rng)} {family}"
    return f"{given} {family}"


def person(rng: random.Random) -> str:
    """Any way of naming a person: mostly the full name, sometimes one part of it."""
    draw = rng.random()
    if draw < 0.80:
        return full_name(rng)
    return given_name(rng) if draw < 0.92 else family_name(rng)
