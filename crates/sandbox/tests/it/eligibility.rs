//! Online eligibility: our client against the sandbox's server, every refusal.

use tasuki_gateway::card::{CardCheck, CardError, CardReader, CardReference, VirtualCard};
use tasuki_gateway::online_eligibility::OnlineEligibility;
use tasuki_gateway::{GatewayError, Refusal};
use tasuki_sandbox::{CardKey, Home};

use crate::world::{MORNING, PIN, World, person, pin};

const CHALLENGE: [u8; 32] = [3; 32];

async fn refusal(world: &World, card: &VirtualCard) -> Refusal {
    let signature = card.sign(&CHALLENGE, None).unwrap();
    let certificate = card.certificate_der().unwrap();
    let eligibility = world.eligibility();
    let answer = eligibility.identify(&certificate, &CHALLENGE, &signature, CardCheck::ByEye).await;
    match answer {
        Err(GatewayError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_card_names_its_person_by_eye_and_by_pin() {
    let world = World::start().await;
    let card = world.card();
    let certificate = card.certificate_der().unwrap();
    let right = pin(PIN);
    for (typed, check) in [(None, CardCheck::ByEye), (Some(&right), CardCheck::WithPin)] {
        let signature = card.sign(&CHALLENGE, typed).unwrap();
        let eligibility = world.eligibility();
        let found =
            eligibility.identify(&certificate, &CHALLENGE, &signature, check).await.unwrap();
        assert_eq!(found.person.key, person("0000000001"));
        assert_eq!(found.person.name_kana.expose(), "シケン ハナコ");
        assert_eq!(found.former.len(), 1);
    }
}

#[tokio::test]
async fn a_card_reference_names_the_same_person() {
    let world = World::start().await;
    let eligibility = world.eligibility();
    let found = eligibility.by_reference(&world.cards[0].card_reference).await.unwrap();
    assert_eq!(found.person.key, person("0000000001"));
    let unknown = CardReference::parse("0123456789abcdef").unwrap();
    let answer = eligibility.by_reference(&unknown).await;
    assert!(matches!(answer, Err(GatewayError::Refused(Refusal::UnknownPerson))));
    world.home.revoke_card(&world.cards[0].card_id, MORNING).unwrap();
    let answer = eligibility.by_reference(&world.cards[0].card_reference).await;
    assert!(matches!(answer, Err(GatewayError::Refused(Refusal::Revoked))));
}

#[tokio::test]
async fn a_card_of_another_authority_is_unknown() {
    let world = World::start().await;
    let dir = tempfile::tempdir().unwrap();
    let elsewhere = Home::open(dir.path()).unwrap();
    let holder = crate::world::holders().remove(0);
    let forged = elsewhere.issue_cards(&[holder], CardKey::EcdsaP256, MORNING).unwrap();
    let card = VirtualCard::open(&forged[0].path).unwrap();
    assert_eq!(refusal(&world, &card).await, Refusal::UnknownIssuer);
}

#[tokio::test]
async fn a_server_certificate_is_no_card() {
    let world = World::start().await;
    let signature = world.card().sign(&CHALLENGE, None).unwrap();
    let root = world.authority.certificate_der().to_vec();
    for certificate in [root, Vec::new(), vec![0x30; 4000]] {
        let eligibility = world.eligibility();
        let answer =
            eligibility.identify(&certificate, &CHALLENGE, &signature, CardCheck::ByEye).await;
        assert!(matches!(answer, Err(GatewayError::Refused(Refusal::UnknownIssuer))));
    }
}

#[tokio::test]
async fn a_signature_is_good_for_its_challenge_its_check_and_its_card() {
    let world = World::start().await;
    let card = world.card();
    let certificate = card.certificate_der().unwrap();
    let by_eye = card.sign(&CHALLENGE, None).unwrap();
    let other = VirtualCard::open(&world.cards[1].path).unwrap();
    let strange = other.sign(&CHALLENGE, None).unwrap();
    for (challenge, signature, check) in [
        ([4; 32], &by_eye, CardCheck::ByEye),
        (CHALLENGE, &by_eye, CardCheck::WithPin),
        (CHALLENGE, &strange, CardCheck::ByEye),
        (CHALLENGE, &Vec::new(), CardCheck::ByEye),
    ] {
        let eligibility = world.eligibility();
        let answer = eligibility.identify(&certificate, &challenge, signature, check).await;
        assert!(matches!(answer, Err(GatewayError::Refused(Refusal::BadSignature))));
    }
}

#[tokio::test]
async fn ended_revoked_and_uninsured_cards_are_told_apart() {
    let world = World::start().await;
    let stranger = VirtualCard::open(&world.cards[1].path).unwrap();
    assert_eq!(refusal(&world, &stranger).await, Refusal::UnknownPerson);
    world.home.revoke_card(&world.cards[1].card_id, MORNING).unwrap();
    assert_eq!(refusal(&world, &stranger).await, Refusal::Revoked);
    world.home.expire_card(&world.cards[0].card_id, MORNING).unwrap();
    assert_eq!(refusal(&world, &world.card()).await, Refusal::Expired);
}

#[tokio::test]
async fn an_rsa_card_is_a_card() {
    let world = World::start().await;
    let holder = crate::world::holders().remove(0);
    let issued = world.home.issue_cards(&[holder], CardKey::Rsa2048, MORNING).unwrap();
    let card = VirtualCard::open(&issued[0].path).unwrap();
    let signature = card.sign(&CHALLENGE, None).unwrap();
    assert_eq!(signature.len(), 256);
    let certificate = card.certificate_der().unwrap();
    let eligibility = world.eligibility();
    let found = eligibility.identify(&certificate, &CHALLENGE, &signature, CardCheck::ByEye).await;
    assert_eq!(found.unwrap().person.key, person("0000000001"));
}

#[tokio::test]
async fn nobody_asks_without_the_platforms_certificate() {
    let world = World::start().await;
    let stranger = OnlineEligibility::new(world.browser(), &world.running.eligibility_url);
    let answer = stranger.by_reference(&world.cards[0].card_reference).await;
    assert!(matches!(answer, Err(GatewayError::Unreachable(_))));
}

#[test]
fn a_card_locks_by_itself_and_still_signs_by_eye() {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::open(dir.path()).unwrap();
    let issued = home.issue_cards(&crate::world::holders(), CardKey::EcdsaP256, MORNING).unwrap();
    let card = VirtualCard::open(&issued[0].path).unwrap();
    let wrong = pin("0000");
    for tries_left in [2, 1] {
        let signed = card.sign(&CHALLENGE, Some(&wrong));
        assert!(matches!(signed, Err(CardError::WrongPin { tries_left: found })
            if found == tries_left));
    }
    assert!(matches!(card.sign(&CHALLENGE, Some(&wrong)), Err(CardError::Locked)));
    assert!(matches!(card.sign(&CHALLENGE, Some(&pin(PIN))), Err(CardError::Locked)));
    assert!(card.sign(&CHALLENGE, None).is_ok());
}
