//! Secrets and ConfigMaps that controllers make of other objects: of an ExternalSecret, a SealedSecret, a Certificate.
//!
//! Source: the API references of the controllers, and of Crossplane's managed resources.

use std::collections::BTreeSet;

use ecow::{EcoString, eco_format};

use crate::value::Node;

/// What a controller makes of an object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Produced {
    /// `Secret` or `ConfigMap`.
    pub kind: EcoString,
    pub name: EcoString,
    /// None for that of the object that it is made of.
    pub namespace: Option<EcoString>,
    /// The keys in it, where the object says which.
    pub keys: Option<BTreeSet<EcoString>>,
}

/// A tree of keys and texts: what an object is read from.
pub trait Tree: Sized {
    /// What stands under a key of a map.
    fn get(&self, key: &str) -> Option<&Self>;
    /// A text.
    fn text(&self) -> Option<&str>;
    /// Whether it is `true`.
    fn is_true(&self) -> bool;
    /// The elements of a list; none of what is no list.
    fn elements(&self) -> Vec<&Self>;
    /// The keys of a map; none of what is no map.
    fn keys(&self) -> Vec<&str>;

    /// What stands at a path of keys.
    fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |it, key| it.get(key))
    }

    /// The text at a path of keys.
    fn text_at(&self, path: &[&str]) -> Option<&str> {
        self.at(path)?.text()
    }
}

impl Tree for Node {
    fn get(&self, key: &str) -> Option<&Self> {
        Self::get(self, key)
    }

    fn text(&self) -> Option<&str> {
        Self::text(self).map(EcoString::as_str)
    }

    fn is_true(&self) -> bool {
        self.value == crate::value::Value::Bool(true)
    }

    fn elements(&self) -> Vec<&Self> {
        self.list().unwrap_or_default().iter().collect()
    }

    fn keys(&self) -> Vec<&str> {
        self.map().into_iter().flat_map(|it| it.entries.keys().map(EcoString::as_str)).collect()
    }
}

impl Tree for serde_yaml::Value {
    fn get(&self, key: &str) -> Option<&Self> {
        Self::get(self, key)
    }

    fn text(&self) -> Option<&str> {
        self.as_str()
    }

    fn is_true(&self) -> bool {
        self.as_bool() == Some(true)
    }

    fn elements(&self) -> Vec<&Self> {
        self.as_sequence().into_iter().flatten().collect()
    }

    fn keys(&self) -> Vec<&str> {
        self.as_mapping().into_iter().flat_map(|it| it.keys().filter_map(Self::as_str)).collect()
    }
}

/// What controllers make of an object, given its group, its kind and the whole of it.
pub fn produced(group: &str, kind: &str, object: &impl Tree) -> Vec<Produced> {
    let Some(name) = object.text_at(&["metadata", "name"]) else { return Vec::new() };
    let Some(spec) = object.get("spec") else { return Vec::new() };
    match (group, kind) {
        ("external-secrets.io", "ExternalSecret") => external_secret(name, spec).into_iter().collect(),
        ("external-secrets.io", "ClusterExternalSecret") => cluster_external_secret(name, spec),
        ("bitnami.com", "SealedSecret") => vec![sealed_secret(name, spec)],
        ("cert-manager.io", "Certificate") => certificate(spec).into_iter().collect(),
        ("onepassword.com", "OnePasswordItem") | ("kafka.strimzi.io", "KafkaUser") => vec![secret(name)],
        ("secrets.hashicorp.com", _) => {
            let made = spec.get("destination").filter(|it| it.get("create").is_some_and(Tree::is_true));
            made.and_then(|it| it.text_at(&["name"])).map(secret).into_iter().collect()
        }
        ("secrets-store.csi.x-k8s.io", "SecretProviderClass") => {
            let made = spec.get("secretObjects").map(Tree::elements).unwrap_or_default();
            let one = |it: &_| Some(with_keys(Tree::text_at(it, &["secretName"])?, elements_called(it, "data", "key")));
            made.into_iter().filter_map(one).collect()
        }
        ("isindir.github.com", "SopsSecret") => {
            let made = spec.get("secretTemplates").map(Tree::elements).unwrap_or_default();
            let one = |it: &_| Some(with_keys(Tree::text_at(it, &["name"])?, keys_of(it, &["data", "stringData"])));
            made.into_iter().filter_map(one).collect()
        }
        ("objectbucket.io", "ObjectBucketClaim") => {
            vec![secret(name), Produced { kind: "ConfigMap".into(), ..secret(name) }]
        }
        ("postgresql.cnpg.io", "Cluster") => vec![secret(&eco_format!("{name}-app"))],
        _ => connection_secret(spec).into_iter().collect(),
    }
}

/// A Secret of which no more than its name is known.
fn secret(name: &str) -> Produced {
    Produced { kind: "Secret".into(), name: name.into(), namespace: None, keys: None }
}

fn with_keys(name: &str, keys: BTreeSet<EcoString>) -> Produced {
    Produced { keys: (!keys.is_empty()).then_some(keys), ..secret(name) }
}

/// The keys of some maps.
fn keys_of(tree: &impl Tree, maps: &[&str]) -> BTreeSet<EcoString> {
    maps.iter().filter_map(|it| tree.get(it)).flat_map(Tree::keys).map(EcoString::from).collect()
}

/// The texts under a key of the elements of a list.
fn elements_called(tree: &impl Tree, list: &str, key: &str) -> BTreeSet<EcoString> {
    let elements = tree.get(list).map(Tree::elements).unwrap_or_default();
    elements.into_iter().filter_map(|it| it.text_at(&[key])).map(EcoString::from).collect()
}

/// By default what an ExternalSecret makes has its own name; `dataFrom` and `templateFrom` bring keys that it does not
/// list. Of a template with keys of its own, those alone are there, unless it says `mergePolicy: Merge`.
fn external_secret(name: &str, spec: &impl Tree) -> Option<Produced> {
    let target = |path: &[&str]| spec.get("target").and_then(|it| it.text_at(path));
    if target(&["creationPolicy"]) == Some("None") {
        return None;
    }
    let template = spec.at(&["target", "template"]);
    let of_template = template.map(|it| keys_of(it, &["data"])).unwrap_or_default();
    let is_merged = target(&["template", "mergePolicy"]) == Some("Merge");
    let has_more = template.is_some_and(|it| it.get("templateFrom").is_some());
    let keys = if has_more || target(&["creationPolicy"]) == Some("Merge") {
        BTreeSet::new()
    } else if !of_template.is_empty() && !is_merged {
        of_template
    } else if spec.get("dataFrom").is_some() {
        BTreeSet::new()
    } else {
        elements_called(spec, "data", "secretKey").into_iter().chain(of_template).collect()
    };
    let kind = target(&["manifest", "kind"]).unwrap_or("Secret");
    let made = with_keys(target(&["name"]).unwrap_or(name), keys);
    matches!(kind, "Secret" | "ConfigMap").then(|| Produced { kind: kind.into(), ..made })
}

/// One ExternalSecret for each namespace. Which ones a selector finds is known on the cluster alone.
fn cluster_external_secret(name: &str, spec: &impl Tree) -> Vec<Produced> {
    let name = spec.text_at(&["externalSecretName"]).unwrap_or(name);
    let Some(made) = spec.get("externalSecretSpec").and_then(|it| external_secret(name, it)) else { return Vec::new() };
    let namespaces = spec.get("namespaces").map(Tree::elements).unwrap_or_default();
    let into = |it: &str| Produced { namespace: Some(it.into()), ..made.clone() };
    namespaces.into_iter().filter_map(Tree::text).map(into).collect()
}

fn sealed_secret(name: &str, spec: &impl Tree) -> Produced {
    let name = spec.text_at(&["template", "metadata", "name"]).unwrap_or(name);
    let of_template = spec.get("template").map(|it| keys_of(it, &["data"])).unwrap_or_default();
    with_keys(name, keys_of(spec, &["encryptedData"]).into_iter().chain(of_template).collect())
}

fn certificate(spec: &impl Tree) -> Option<Produced> {
    let name = spec.text_at(&["secretName"])?;
    let has_more = ["keystores", "additionalOutputFormats"].iter().any(|it| spec.get(it).is_some());
    let keys = ["ca.crt", "tls.crt", "tls.key"].into_iter().map(EcoString::from).collect();
    Some(if has_more { secret(name) } else { with_keys(name, keys) })
}

/// Crossplane writes how a resource is reached where it is asked to.
fn connection_secret(spec: &impl Tree) -> Option<Produced> {
    let reference = spec.get("writeConnectionSecretToRef")?;
    let namespace = reference.text_at(&["namespace"]).map(EcoString::from);
    Some(Produced { namespace, ..secret(reference.text_at(&["name"])?) })
}
