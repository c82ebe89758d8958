//! `tasuki copy` on an installation that is being used.

use tasuki_cluster::{Cluster, Durability};
use tasuki_core::event::Action;

use crate::ground::{Ground, Server, number, verified};

/// Looks at one person after the other until the house is closed; how many were shown.
async fn look_until_closed(ground: &Ground, server: &Server) -> usize {
    let client = ground.client();
    let mut shown = 0;
    for (_, path) in ground.persons.iter().cycle() {
        match ground.get(&client, server, path).await.unwrap() {
            (200, _) => shown += 1,
            (503, body) => {
                assert!(body.contains("\"closed\"") && body.contains("保守作業中"), "{body}");
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    shown
}

/// Copies while `server` is asked; then what was shown, and what the target's log holds.
async fn moved(ground: &Ground, server: &Server, to: &str) -> usize {
    let copy = format!("copy --from {} --to {to}", database_of(ground));
    let (shown, said) = tokio::join!(look_until_closed(ground, server), async {
        // The command is another process: it blocks a thread of its own.
        let place = ground.place.folder().to_owned();
        let command = tokio::task::spawn_blocking(move || {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_tasuki"));
            command.args(copy.split(' ')).current_dir(place).output().unwrap()
        });
        let output = command.await.unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{errors}");
        String::from_utf8(output.stdout).unwrap()
    });
    assert!(said.contains("arrived as they were sent") && said.contains("verifies"), "{said}");
    shown
}

fn database_of(ground: &Ground) -> String {
    let settings = std::fs::read_to_string(ground.place.folder().join("tasuki.toml")).unwrap();
    let line = settings.lines().find_map(|line| line.strip_prefix("database = ")).unwrap();
    line.trim_matches('"').to_owned()
}

/// Looks in the log of the database that the settings name.
async fn looks(ground: &Ground) -> usize {
    let events = verified(&ground.db(&ground.place.options()).await).await;
    events.iter().filter(|it| it.action == Action::Look && number(it).is_some()).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_moves_to_postgresql_and_back_while_it_is_asked() {
    if tasuki_cluster::find().is_none() {
        return;
    }
    let cluster = Cluster::start(Durability::None).unwrap();
    let ground = Ground::on("sqlite:tasuki.db").await;
    let mut shown = 0;
    for to in [cluster.url(), "sqlite:back.db".to_owned()] {
        let mut server = ground.serve();
        shown += moved(&ground, &server, &to).await;
        server.kill();
        ground.place.set(&database_of(&ground), &to);
        assert_eq!(looks(&ground).await, shown);
        ground.place.run("audit verify");
    }
    let server = ground.serve();
    let person = ground.get(&ground.client(), &server, &ground.persons[0].1).await.unwrap();
    assert_eq!(person.0, 200, "{person:?}");
    // The first database is as it was left, and closed.
    ground.place.set("sqlite:back.db", "sqlite:tasuki.db");
    assert!(ground.place.run("maintenance show").contains("closed: copied to postgres://"));
    let refused = ground.place.fail("copy --from sqlite:tasuki.db --to sqlite:back.db");
    assert!(refused.contains("not empty"), "{refused}");
    assert!(ground.place.run("maintenance end").contains("open"));
    let nowhere = ground.place.fail("copy --from sqlite:no.db --to sqlite:other.db");
    assert!(nowhere.contains("no installation"), "{nowhere}");
}
