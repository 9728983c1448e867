"""What ``darvoza sps sample-size`` says, in the languages of officers; every language has the same phrases."""

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "sample": "sample",
        "finds": "finds",
        "formula": "formula",
        "convention": "convention",
        "not_found": "not found",
        "compared": "compared",
        "source": "source",
        "beware": "beware",
        "drawn": "{size:,} of {lot:,} units, drawn at random without replacement",
        "missed": "; the chance to miss it is {share}",
        "marked": "a marked unit",
        "marked_more": "more than {acceptance} marked units",
        "found": "{more} with {confidence} confidence when {level} or more of the lot are marked",
        "formula_exact": "hypergeometric: smallest n with Σ H(x; N, D, n)·(1 − s)^x ≤ 1 − C, D = ⌊N·p⌋ = {marked}",
        "formula_table": "hypergeometric: smallest n with {least} ≤ 1 − C, D = ⌊N·p·s⌋ = {marked} marked units",
        "table": "table",
        "exact": "exact",
        "means_table": "table: level × sensitivity is taken as the level (ISPM 31)",
        "means_exact": "exact: each marked unit in the sample may be overlooked",
        "same": "{means}; {other} gives {number} as well, since nothing is overlooked",
        "differs": "{means}; the {other} convention gives {told} instead of {size}",
        "no_number": "no sample, not even the whole lot",
        "number": "{number} units",
        "open": "does not show that the lot is free: a share below {level} may well be there",
        "single": ", and a single marked unit is missed with a chance of {share}",
        "endless_others": "in an endless lot {binomial} (binomial), {poisson} (Poisson); ",
        "fixed": "a fixed {share} of the lot would be {size} and find it with a chance of {seen}",
        "from": "ISPM 31, appendix 2 (text recalled, numbers recomputed); the draw must be random: `sps packages`",
        "too_small": (
            "no sample size: {share} of {lot:,} units is {part:.3g}, which holds {marked} whole; {needed} would have to be "
            "there. Raise the level, or examine the whole lot"
        ),
        "too_blind": (
            "no sample size: with {marked} marked units and a sensitivity of {sensitivity}, even the whole lot is not found "
            "with {confidence}. Examine better, or accept less confidence"
        ),
        "formula_binomial": "smallest n with (1 − p·s)^n ≤ 1 − C, n = ⌈ln(1 − C)/ln(1 − p·s)⌉",
        "formula_poisson": "smallest n with exp(−n·p·s) ≤ 1 − C, n = ⌈−ln(1 − C)/(p·s)⌉",
        "formula_accepting": "smallest n with P(X ≤ {acceptance}) ≤ 1 − C",
        "endless": "{size:,} units from a lot so large that taking them does not change it",
        "endless_agree": "table and exact agree for an endless lot",
        "endless_compared": "with --lot-size the sample for a finite lot is smaller, when it holds a whole number of units",
        "boxes": "{units:,} units: {each} from each of {boxes} boxes",
        "formula_clusters": (
            "beta-binomial: q₀ = ∏ (1 − p + jθ)/(1 + jθ) for j below m, boxes = ⌈ln(1 − C)/ln q₀⌉; "
            "θ = {theta:.4g}, ρ = {rho:.4g}, q₀ = {missed:.6f}"
        ),
        "spread": "without clustering {units} units would do; boxes drawn at random, `sps packages`",
        "too_many": "that is more than the {lot:,} units of the lot: examine the whole lot",
        "none": "none",
        "of_endless": "{size:,} units of an endless lot",
        "of_lot": "{size:,} units of {lot:,}",
        "no_level": "no level with this confidence, not even a lot of marked units only",
        "shares": "shares of {level} and more, with {confidence} confidence",
    },
    "ru": {
        "sample": "выборка",
        "finds": "выявит",
        "formula": "формула",
        "convention": "соглашение",
        "not_found": "не найдено",
        "compared": "сравнение",
        "source": "источник",
        "beware": "внимание",
        "drawn": "единиц: {size:,} из {lot:,}, отобранных случайно, без возвращения",
        "missed": "; вероятность не заметить — {share}",
        "marked": "хотя бы одну поражённую единицу",
        "marked_more": "более {acceptance} поражённых единиц",
        "found": "{more} с доверительной вероятностью {confidence}, если поражено {level} партии или больше",
        "formula_exact": (
            "гипергеометрическое распределение: наименьшее n, при котором Σ H(x; N, D, n)·(1 − s)^x ≤ 1 − C, D = ⌊N·p⌋ = {marked}"
        ),
        "formula_table": (
            "гипергеометрическое распределение: наименьшее n, при котором {least} ≤ 1 − C, D = ⌊N·p·s⌋ = {marked} поражённых"
        ),
        "table": "табличное",
        "exact": "точное",
        "means_table": "табличное: за уровень принято произведение уровня и чувствительности (МСФМ 31)",
        "means_exact": "точное: каждую поражённую единицу выборки можно не заметить",
        "same": "{means}; {other} соглашение даёт те же {number}, так как всё поражённое замечают",
        "differs": "{means}; {other} соглашение даёт не {size}, а следующее: {told}",
        "no_number": "выборки нет, даже вся партия мала",
        "number": "единиц: {number}",
        "open": "не значит, что партия свободна: доля меньше {level} вполне возможна",
        "single": "; единственную поражённую единицу не заметят с вероятностью {share}",
        "endless_others": "для бесконечной партии: {binomial} (биномиальное), {poisson} (Пуассона); ",
        "fixed": "постоянная доля {share} партии — это {size}, она выявила бы с вероятностью {seen}",
        "from": "МСФМ 31, приложение 2 (текст по памяти, числа пересчитаны); отбор должен быть случайным: `sps packages`",
        "too_small": (
            "объёма выборки нет: {share} от {lot:,} единиц — это {part:.3g}, целых в нём {marked}, а нужно {needed}. Поднимите "
            "уровень или осмотрите всю партию"
        ),
        "too_blind": (
            "объёма выборки нет: при {marked} поражённых и чувствительности {sensitivity} осмотр даже всей партии не даёт "
            "вероятности {confidence}. Осматривайте лучше или примите меньшую доверительную вероятность"
        ),
        "formula_binomial": "наименьшее n, при котором (1 − p·s)^n ≤ 1 − C, n = ⌈ln(1 − C)/ln(1 − p·s)⌉",
        "formula_poisson": "наименьшее n, при котором exp(−n·p·s) ≤ 1 − C, n = ⌈−ln(1 − C)/(p·s)⌉",
        "formula_accepting": "наименьшее n, при котором P(X ≤ {acceptance}) ≤ 1 − C",
        "endless": "единиц: {size:,} из партии столь большой, что отбор её не меняет",
        "endless_agree": "для бесконечной партии табличное и точное совпадают",
        "endless_compared": "с --lot-size выборка из конечной партии меньше, если поражённых в ней целое число",
        "boxes": "единиц: {units:,}, по {each} из каждого места, мест: {boxes}",
        "formula_clusters": (
            "бета-биномиальное: q₀ = ∏ (1 − p + jθ)/(1 + jθ) при j меньше m, мест = ⌈ln(1 − C)/ln q₀⌉; "
            "θ = {theta:.4g}, ρ = {rho:.4g}, q₀ = {missed:.6f}"
        ),
        "spread": "без скученности хватило бы единиц: {units}; места отбираются случайно, `sps packages`",
        "too_many": "это больше, чем {lot:,} единиц партии: осмотрите всю партию",
        "none": "нет",
        "of_endless": "единиц: {size:,} из бесконечной партии",
        "of_lot": "единиц: {size:,} из {lot:,}",
        "no_level": "никакую долю с такой вероятностью, даже если поражена вся партия",
        "shares": "доли {level} и больше с доверительной вероятностью {confidence}",
    },
}
