//! Drafts of tools from what a server says of itself. A draft is a proposal for a person to read: what acts
//! waits for a person, what is given back counts as text of strangers.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::agents::tool::Offered;
use crate::config::files::Method;
use crate::domain::argument::ArgumentKind;
use crate::domain::id::{NAME_BYTES_MAX, ServerName};
use crate::domain::text::Foreign;

/// Longest description that is taken over, in characters.
const ABOUT_CHARS_MAX: usize = 160;
/// Steps of references that are followed in a document: what points to itself ends there.
const REFERENCES_MAX: usize = 8;

/// A tool that could be.
pub(super) struct Draft {
    /// Its name at the server.
    pub(super) there: String,
    about: String,
    acts: bool,
    /// Method and path, over HTTP.
    http: Option<(Method, String)>,
    args: Vec<Argument>,
}

struct Argument {
    there: String,
    about: String,
    kind: ArgumentKind,
    one_of: Vec<String>,
    max: Option<u32>,
    needed: bool,
}

impl Draft {
    /// From what an MCP server offers.
    pub(super) fn of_offered(offered: &Offered) -> Self {
        Self {
            there: offered.name.clone(),
            about: line(&offered.about),
            acts: !offered.reads_only,
            http: None,
            args: properties(&offered.input, &offered.input),
        }
    }

    /// What the tool is called here: the server, and what it is called there.
    pub(super) fn name(&self, server: &ServerName) -> String {
        let mut name = format!("{server}.{}", slug(&self.there));
        name.truncate(NAME_BYTES_MAX);
        name
    }

    /// Its lines of tools.toml.
    pub(super) fn lines(&self, server: &ServerName) -> String {
        let name = self.name(server);
        let mut lines = vec!["\n[[tools]]".to_owned(), format!("name = {}", text(&name))];
        if !self.about.is_empty() {
            lines.push(format!("about = {}", text(&self.about)));
        }
        if self.acts {
            lines.extend(["side-effect = true", "always-ask = true", "reconcile = false"].map(str::to_owned));
        }
        lines.push("reads-foreign = true".to_owned());
        let needs: Vec<String> = self.args.iter().filter(|arg| arg.needed).map(|arg| text(&slug(&arg.there))).collect();
        if !needs.is_empty() {
            lines.push(format!("needs = [{}]", needs.join(", ")));
        }
        if !self.args.is_empty() {
            lines.push("[tools.args]".to_owned());
            lines.extend(self.args.iter().map(|arg| format!("{} = {{ {} }}", slug(&arg.there), arg.fields())));
        }
        lines.extend([
            "\n[[calls]]".to_owned(),
            format!("tool = {}", text(&name)),
            format!("server = {}", text(server.as_str())),
        ]);
        match &self.http {
            Some((method, path)) => {
                lines.push(format!("method = {}", text(word(*method))));
                lines.push(format!("path = {}", text(path)));
            }
            None => lines.push(format!("at = {}", text(&self.there))),
        }
        let renamed: BTreeMap<String, String> = self
            .args
            .iter()
            .map(|arg| (slug(&arg.there), arg.there.clone()))
            .filter(|(here, there)| here != there)
            .collect();
        if !renamed.is_empty() {
            let pairs: Vec<String> = renamed.iter().map(|(here, there)| format!("{here} = {}", text(there))).collect();
            lines.push(format!("args = {{ {} }}", pairs.join(", ")));
        }
        lines.join("\n") + "\n"
    }
}

impl Argument {
    fn fields(&self) -> String {
        let kind = match self.kind {
            ArgumentKind::Text => "text",
            ArgumentKind::Integer => "integer",
            ArgumentKind::Number => "number",
            ArgumentKind::Boolean => "boolean",
            ArgumentKind::Date => "date",
            ArgumentKind::Email => "email",
            ArgumentKind::Json => "json",
        };
        let mut fields = vec![format!("kind = {}", text(kind))];
        if !self.about.is_empty() {
            fields.push(format!("about = {}", text(&self.about)));
        }
        if !self.one_of.is_empty() {
            let values: Vec<String> = self.one_of.iter().map(|value| text(value)).collect();
            fields.push(format!("one-of = [{}]", values.join(", ")));
        }
        fields.extend(self.max.map(|max| format!("max = {max}")));
        fields.join(", ")
    }
}

/// The operations of an OpenAPI document.
///
/// # Errors
/// It is none.
pub(super) fn operations(document: &Value) -> Result<Vec<Draft>, String> {
    let paths = document.get("paths").and_then(Value::as_object);
    let paths = paths.ok_or("no OpenAPI document: `paths` is missing")?;
    let mut drafts = Vec::new();
    for (path, item) in paths {
        for method in [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete] {
            let Some(operation) = item.get(word(method)) else { continue };
            let shared = item.get("parameters").and_then(Value::as_array);
            let own = operation.get("parameters").and_then(Value::as_array);
            let parameters = shared.into_iter().chain(own).flatten().map(|one| resolved(document, one));
            let mut args: Vec<Argument> = parameters.filter_map(|one| parameter(document, one)).collect();
            let body = operation.pointer("/requestBody").map(|body| resolved(document, body));
            if let Some(schema) = body.and_then(|body| body.pointer("/content/application~1json/schema")) {
                args.extend(properties(document, resolved(document, schema)));
            }
            let named = operation.get("operationId").and_then(Value::as_str).map(str::to_owned);
            let there = named.unwrap_or_else(|| format!("{}-{}", word(method), path.trim_matches('/')));
            let about =
                ["summary", "description"].iter().find_map(|key| operation.get(key)?.as_str()).unwrap_or_default();
            let (about, acts) = (line(about), method != Method::Get);
            drafts.push(Draft { there, about, acts, http: Some((method, template(path))), args });
        }
    }
    Ok(drafts)
}

/// A parameter of path or query; headers and cookies are the server's own matter.
fn parameter(document: &Value, one: &Value) -> Option<Argument> {
    let place = one.get("in")?.as_str()?;
    let name = one.get("name")?.as_str()?;
    let schema = one.get("schema").map_or(&Value::Null, |schema| resolved(document, schema));
    let needed = place == "path" || one.get("required").and_then(Value::as_bool).unwrap_or(false);
    let mut argument = argument(document, name, schema, needed);
    if let Some(about) = one.get("description").and_then(Value::as_str) {
        argument.about = line(about);
    }
    matches!(place, "path" | "query").then_some(argument)
}

/// The properties of an object's schema.
fn properties(document: &Value, schema: &Value) -> Vec<Argument> {
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    properties
        .map(|(name, schema)| argument(document, name, resolved(document, schema), required.contains(&name.as_str())))
        .collect()
}

fn argument(document: &Value, name: &str, schema: &Value, needed: bool) -> Argument {
    let schema = resolved(document, schema);
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
    let kind = match (schema.get("type").and_then(Value::as_str), format) {
        (Some("integer"), _) => ArgumentKind::Integer,
        (Some("number"), _) => ArgumentKind::Number,
        (Some("boolean"), _) => ArgumentKind::Boolean,
        (Some("string"), "date") => ArgumentKind::Date,
        (Some("string"), "email") => ArgumentKind::Email,
        (Some("string"), _) => ArgumentKind::Text,
        _ => ArgumentKind::Json,
    };
    let values = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    let max = ["maxLength", "maximum"].iter().find_map(|key| schema.get(key)?.as_u64());
    Argument {
        there: name.to_owned(),
        about: line(schema.get("description").and_then(Value::as_str).unwrap_or_default()),
        kind,
        one_of: values.filter_map(|value| value.as_str().map(str::to_owned)).collect(),
        max: max.and_then(|max| u32::try_from(max).ok()),
        needed,
    }
}

/// What a reference within the document points to.
fn resolved<'a>(document: &'a Value, mut value: &'a Value) -> &'a Value {
    for _ in 0..REFERENCES_MAX {
        let Some(pointer) = value.get("$ref").and_then(Value::as_str).and_then(|place| place.strip_prefix('#')) else {
            break;
        };
        let Some(target) = document.pointer(pointer) else { break };
        value = target;
    }
    value
}

/// A path with its braces under the names of here.
fn template(path: &str) -> String {
    let mut here = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, tail)) = after.split_once('}') else { break };
        here.push_str(before);
        here.push('{');
        here.push_str(&slug(name));
        here.push('}');
        rest = tail;
    }
    here + rest
}

/// A server's name as one of here: lower case, `-` between words.
fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len() + 2);
    for c in name.chars() {
        let plain = c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        if (c.is_ascii_uppercase() || !plain) && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if plain {
            slug.push(c.to_ascii_lowercase());
        }
    }
    let slug = slug.trim_matches(['-', '.', '_']);
    if slug.is_empty() { "x".to_owned() } else { slug.chars().take(NAME_BYTES_MAX).collect() }
}

/// A text of the server on one line, shown safely.
fn line(text: &str) -> String {
    Foreign::from(text).one_line().as_str().trim().chars().take(ABOUT_CHARS_MAX).collect()
}

fn text(value: &str) -> String {
    toml::Value::from(value).to_string()
}

const fn word(method: Method) -> &'static str {
    match method {
        Method::Get => "get",
        Method::Post => "post",
        Method::Put => "put",
        Method::Patch => "patch",
        Method::Delete => "delete",
    }
}
