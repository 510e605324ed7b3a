//! Track titles: two halves in the artist's language.

use super::roster::ACTS;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[rustfmt::skip]
pub enum Language {
    Arabic, Czech, English, French, German, Greek, Icelandic, Italian, Japanese, Korean, Norwegian, Polish, Portuguese,
    Spanish, Swedish, Turkish, Ukrainian,
}

/// Compatible halves, comma-separated, and the text between them.
#[rustfmt::skip]
const fn words(language: Language) -> (&'static str, &'static str, &'static str) {
    match language {
        Language::Arabic => ("ليلة,مدينة,أغنية,نافذة,رسالة", " ", "بعيدة,صامتة,زرقاء,أخيرة,قديمة,بيضاء,هادئة"),
        Language::Czech => ("Tichá,Poslední,Zimní,Stříbrná,Cizí", " ", "ulice,řeka,neděle,píseň,mlha,zahrada,stanice"),
        Language::English => (
            "Paper,Midnight,Silver,Quiet,Neon,Second-Hand,Borrowed,Slow,Glass,Winter,Electric,Salt,Hollow,Golden,Distant,Velvet,Spare,Plastic,Crooked,Sleeping,Northern,Pocket,Amber",
            " ",
            "Satellites,Harbour,Weather,Telephones,Gardens,Machines,Summer,Static,Rivers,Postcards,Fever,Staircase,Animals,Radio,Lanterns,Avenue,Mirrors,Tuesday,Engines,Umbrellas,Carousel,Signals,Orchard,Balcony",
        ),
        Language::French => (
            "Minuit,Rivage,L’été,Ta voix,La pluie,Un dimanche,Nos fenêtres,Le vertige,Poussière,Demain,Le silence",
            " ",
            "en mémoire,sous la ville,à contre-jour,sans toi,d’argent,pour rien,près du canal,à l’envers,en couleurs,déjà,plus tard,encore,à Façade,au néon",
        ),
        Language::German => (
            "Nebel,Morgen,Die Stille,Zwölf Fenster,Asphalt,Sommer,Kein Wort,Schwarzes Gold,Funkstille,Der Fluss,Laternen",
            " ",
            "im Hinterhof,nach Mitternacht,über Brücken,am Kanal,für später,ohne Netz,aus Glas,in Grün,bis Dezember,auf Kassette,zu zweit,vor der Tür,am Rand",
        ),
        Language::Greek => ("Μικρή,Παλιά,Κρυφή,Τελευταία,Ασημένια", " ", "θάλασσα,νύχτα,βροχή,πόλη,φωνή,άνοιξη,γέφυρα"),
        Language::Icelandic => ("Hljóð,Löng,Köld,Síðasta,Fjarlæg", " ", "nótt,gata,alda,rödd,borg,þoka,rigning"),
        Language::Italian => (
            "Notte,Luce,Estate,Cuore,Strada,Domenica,Sabbia,Polvere,Voce,Pioggia,Felicità,Finestra,Ruggine",
            " ",
            "di carta,d’inverno,senza nome,sul mare,a metà,in tasca,di plastica,dopo le tre,alla finestra,per caso,di provincia,che resta,lassù,e perché,in discesa,a colori",
        ),
        Language::Japanese => (
            "真夜中の,透明な,雨上がりの,銀色の,名前のない,夏の,遠い,ふたりの,最後の,青い,月曜日の",
            "",
            "電車,窓,約束,手紙,海,階段,ラジオ,影,花火,地図,季節,温度,ソーダ",
        ),
        Language::Korean => ("새벽,여름,푸른,마지막,조용한", " ", "편지,바다,창문,골목,그림자,전화,기차"),
        Language::Norwegian => ("Stille,Lange,Hvite,Siste,Grønne", " ", "netter,gater,bølger,brev,skygger,sommere,drømmer"),
        Language::Polish => ("Cicha,Ostatnia,Zimowa,Złota,Daleka", " ", "ulica,noc,rzeka,piosenka,łódź,podróż,pogoda"),
        Language::Portuguese => (
            "Saudade,Maré,A rua,Coração,Verão,Manhã,Luz,O trem,Poeira,Canção,Fevereiro",
            " ",
            "de vidro,do lado de lá,sem fim,na varanda,de açúcar,em silêncio,para depois,das onze,em órbita,de papelão,à deriva,no escuro,outra vez",
        ),
        Language::Spanish => (
            "Luna,Verano,La niebla,Tu nombre,Domingo,Corazón,El ruido,Mañana,Ceniza,La orilla,Enero",
            " ",
            "de papel,en la azotea,sin señal,al revés,de sal,para nadie,en Marte,hasta las seis,con lluvia,de neón,y después,a ciegas,según tú",
        ),
        Language::Swedish => ("Tysta,Sista,Långa,Blå,Främmande", " ", "nätter,gator,brev,vågor,dagar,skuggor,somrar"),
        Language::Turkish => ("Uzak,Eski,Sessiz,Mavi,Son", " ", "şehir,gece,mektup,deniz,yağmur,şarkı,köprü"),
        Language::Ukrainian => ("Тиха,Остання,Далека,Зимова,Паперова", " ", "пісня,вулиця,ріка,ніч,зоря,хвиля,їдальня"),
    }
}

/// Title of an artist's track: unique within a language, except those of [`same_name`].
pub fn title(act: usize, number: usize) -> String {
    if let Some(title) = same_name(ACTS[act].slug, number).or_else(|| awkward(ACTS[act].slug, number)) {
        return title.to_owned();
    }
    let language = ACTS[act].language;
    let (heads, between, tails) = words(language);
    let (heads, tails): (Vec<&str>, Vec<&str>) = (heads.split(',').collect(), tails.split(',').collect());
    // Artists of one language alternate.
    let speakers = ACTS.iter().filter(|other| other.language == language).count();
    let turn = ACTS[..act].iter().filter(|other| other.language == language).count();
    let place = number * speakers + turn;
    // The numbers of heads and tails are coprime, so every index up to their product gives a different pair.
    let title = format!("{}{between}{}", heads[place % heads.len()], tails[place % tails.len()]);
    match place / (heads.len() * tails.len()) {
        0 => title,
        round => format!("{title} {}", round + 1),
    }
}

/// Tracks of the same name are different tracks (section 1 of docs/semantics.md): of two artists, and of one artist
/// who recorded a song again.
fn same_name(slug: &str, number: usize) -> Option<&'static str> {
    match (slug, number) {
        ("glass-pelican", 4) | ("capitan-cedrata", 6) | ("les-parapluies-bleu-nuit", 2) => Some("Aurora"),
        ("marmalade-dynamo", 1) | ("marmalade-dynamo", 12) => Some("Sunday Static"),
        _ => None,
    }
}

/// Titles that exports and pages must handle: formula signs, markup, quotes and commas, length.
fn awkward(slug: &str, number: usize) -> Option<&'static str> {
    match (slug, number) {
        ("glass-pelican", 7) => Some("=1+1 (Equals)"),
        ("brass-monocle-society", 3) => Some("<Blink> & \"Wink\", Pt. 2"),
        ("sub-basement-choir", 5) => Some(
            "The Complete and Unabridged History of the Elevator in Our Building as Told by the Third Floor on a Rainy Afternoon",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn are_distinct_within_a_language_except_where_meant() {
        let mut seen = HashSet::new();
        let mut twice = Vec::new();
        for (act, artist) in ACTS.iter().enumerate() {
            for number in 0..artist.tracks as usize + 20 {
                let title = title(act, number);
                if !seen.insert(title.clone()) {
                    twice.push(title);
                }
            }
        }
        assert_eq!(twice, ["Aurora", "Aurora", "Sunday Static"]);
    }
}
