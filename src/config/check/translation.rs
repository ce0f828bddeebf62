//! What translates: one of the two ways, and one that there is.

use super::Check;
use super::models::key_in_two;
use crate::config::files::{ModelKind, TranslationFile};
use crate::config::nearest::suggest;
use crate::config::source::Part;

impl Check<'_> {
    pub(super) fn translation(&mut self) {
        let Some(translation) = &self.bundle.house.translation else { return };
        let baton = self.file("baton.toml");
        for (key, what, way_out) in self.faults(translation) {
            let way = [Part::Key("translation"), Part::Key(key)];
            self.error(baton, if key.is_empty() { &way[..1] } else { &way }, what, way_out);
        }
    }

    fn faults(&self, translation: &TranslationFile) -> Vec<(&'static str, String, String)> {
        let mut faults = Vec::new();
        let mut fault = |key, what: &str, way_out: &str| faults.push((key, what.to_owned(), way_out.to_owned()));
        let models = &self.bundle.house.models;
        match (&translation.model, &translation.url) {
            (Some(_), Some(_)) => fault("url", "two translators are named", "keep `model` or `url`"),
            (None, None) => {
                let way_out =
                    "name a `model` of `[[models]]`, or the `url` of a service that speaks baton.translation.v1";
                fault("", "nothing translates", way_out);
            }
            (Some(name), None) => match models.iter().find(|model| model.name == *name) {
                None => {
                    let way_out = suggest(name.as_str(), models.iter().map(|model| model.name.as_str()));
                    fault("model", &format!("there is no model `{name}`"), &way_out);
                }
                Some(model) if model.kind == ModelKind::Remote => {
                    let way_out = "name a language model, or a service's `url`";
                    fault("model", &format!("`{name}` is an agent, which answers and does not translate"), way_out);
                }
                Some(_) => {}
            },
            (None, Some(url)) => {
                let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
                let host = rest.and_then(|rest| rest.split('/').next()).unwrap_or_default();
                if host.is_empty() || url.contains(char::is_whitespace) {
                    let what = format!("`{}` is no address of a service", url.escape_debug());
                    fault("url", &what, "write it as `https://translate.example/v1`");
                } else if host.contains('@') {
                    let way_out = "name the variable that holds the key in `key-env`, or its file in `key-file`";
                    fault("url", "the address holds a name or a key", way_out);
                }
            }
        }
        if !translation.language.is_told() {
            let what = format!("`{}` is no language that is told apart", translation.language);
            fault("language", &what, "write what people of the house read, as `en`");
        }
        let places = (translation.key_env.as_ref(), translation.key_file.as_ref(), translation.key_command.as_slice());
        if let Some((key, what, way_out)) = key_in_two(places) {
            fault(key, &what, way_out);
        }
        faults
    }
}
