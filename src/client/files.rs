//! Files over plain requests: a customer's up, and an operator's down.

use std::time::Duration;

use super::customer::{Access, escaped};
use super::link::Address;
use super::rest::{RestError, client, refused, unreachable};
use crate::domain::id::{ConversationId, FileId};
use crate::protocol::customer::OwnFile;

/// Time for a file on its way: the largest over a slow line.
const FILE_PATIENCE: Duration = Duration::from_secs(180);

/// Uploads a file to a customer's conversation; a message that names its id sends it.
pub async fn upload(address: &Address, access: &Access, name: &str, content: Vec<u8>) -> Result<OwnFile, RestError> {
    let (conversation, token) = match access {
        Access::Channel { token, reference, .. } => (reference, token),
        Access::Conversation { conversation, token } => (conversation, token),
    };
    let url = address.http(&format!("/v1/conversations/{}/files", escaped(conversation)));
    let client = client(address, FILE_PATIENCE)?;
    let request = client.post(url).bearer_auth(token).header("baton-file-name", escaped(name)).body(content);
    let response = request.send().await.map_err(unreachable(address))?;
    if response.status().is_success() {
        return response.json().await.map_err(unreachable(address));
    }
    Err(refused(address, response).await)
}

/// Where an operator's files come from.
#[derive(Clone)]
pub struct Source {
    /// The server.
    pub address: Address,
    /// The operator's token.
    pub token: String,
}

impl Source {
    /// The content of a customer's file. That it was read is recorded there.
    pub async fn fetch(&self, conversation: ConversationId, file: FileId) -> Result<Vec<u8>, RestError> {
        let address = &self.address;
        let url = address.http(&format!("/v1/files/{conversation}/{file}"));
        let client = client(address, FILE_PATIENCE)?;
        let response = client.get(url).bearer_auth(&self.token).send().await.map_err(unreachable(address))?;
        if response.status().is_success() {
            return response.bytes().await.map(Into::into).map_err(unreachable(address));
        }
        Err(refused(address, response).await)
    }
}

/// Without the token.
impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("address", &self.address).finish_non_exhaustive()
    }
}
