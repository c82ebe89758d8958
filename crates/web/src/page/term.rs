//! Hard words in plain words (むずかしい言葉の説明), each with its source.

use super::Term;

/// 負担割合証.
pub const BURDEN_RATIO: Term = Term {
    word: "負担割合",
    meaning: "介護サービスの費用のうち、ご本人が払う割合です。前の年の所得で、1割・2割・3割のどれかに決まります。毎年8月1日に変わります。",
    source: "介護保険法 第49条の2、介護保険法施行規則 第28条の2",
};

/// 負担限度額認定証.
pub const BURDEN_LIMIT: Term = Term {
    word: "負担限度額認定",
    meaning: "所得と預貯金が少ない方が、施設での食費と部屋代を安くしてもらえるしくみです。市町村に申請します。",
    source: "介護保険法 第51条の3",
};

/// 要介護度.
pub const CARE_LEVEL: Term = Term {
    word: "要介護度",
    meaning: "介護がどのくらい必要かを、要支援1・2と要介護1から5の7つに分けたものです。数字が大きいほど、多くの介護が必要です。",
    source: "介護保険法 第7条、第27条",
};

/// 認定有効期間.
pub const CERTIFICATION_PERIOD: Term = Term {
    word: "認定の有効期間",
    meaning: "要介護認定が使える期間です。終わる日の60日前から更新の申請ができます。更新しないと、介護保険のサービスが使えなくなります。",
    source: "介護保険法 第28条、介護保険法施行規則 第39条",
};

/// 認定調査票.
pub const SURVEY_SHEET: Term = Term {
    word: "認定調査票",
    meaning: "市町村の調査員が、体の動きや物忘れなど74項目を聞き取った記録です。",
    source: "介護保険法 第27条第2項",
};

/// 主治医意見書.
pub const OPINION: Term = Term {
    word: "主治医意見書",
    meaning: "かかりつけの医師が、病気や体の状態を市町村に伝える書類です。認定の審査に使います。",
    source: "介護保険法 第27条第3項",
};

/// 介護認定審査会.
pub const REVIEW_BOARD: Term = Term {
    word: "介護認定審査会",
    meaning: "医療・保健・福祉の専門家が集まり、調査の結果と意見書から要介護度を決める会です。",
    source: "介護保険法 第14条、第27条第5項",
};

/// 閲覧の記録.
pub const ACCESS_LOG: Term = Term {
    word: "閲覧の記録",
    meaning: "だれが、いつ、何のために、どの書類を見たかを、自動で残したものです。あとから書きかえたり消したりはできません。",
    source: "このシステムの決まり（docs/reference/audit.md）",
};

/// Every term, for the help page and the style guide.
pub const ALL: [Term; 8] = [
    BURDEN_RATIO,
    BURDEN_LIMIT,
    CARE_LEVEL,
    CERTIFICATION_PERIOD,
    SURVEY_SHEET,
    OPINION,
    REVIEW_BOARD,
    ACCESS_LOG,
];
