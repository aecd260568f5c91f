//! The snapshot: reference data and rules in memory. All requests share it.

use std::sync::{Arc, PoisonError, RwLock};

use geo::MultiPolygon;
use grassroots_domain::{
    geography::{
        grid::{Grid, GridIndex},
        unit_tree::UnitTree,
    },
    reference_data::ReferenceData,
    rules::Rules,
};
use grassroots_persistence::{
    database::{
        db::Db,
        error::{StoreError, StoreResult},
        store::Store,
    },
    reference::{
        grids::{self, StoredGrid},
        organisations,
        reference_data::{self, ReferenceStamp},
        rules, units,
    },
};

/// Units, grids, organisations and rules, loaded together.
#[derive(Debug)]
pub struct Snapshot {
    /// The versions that were loaded.
    pub stamp: ReferenceStamp,
    /// Units, grids, organisations.
    pub reference_data: ReferenceData,
    /// The rules in force; absent until categories and calendar are imported.
    pub rules: Option<Rules>,
}

/// Holds the current snapshot and replaces it by newer ones.
pub struct Snapshots(RwLock<Arc<Snapshot>>);

impl Snapshots {
    /// Loads the first snapshot.
    ///
    /// # Errors
    /// When the database fails, or a stored shape or rule is invalid.
    pub async fn load(store: &Store) -> StoreResult<Self> {
        let snapshot = store.read(load).await?;
        Ok(Self(RwLock::new(Arc::new(snapshot))))
    }

    /// The current snapshot.
    #[must_use]
    pub fn current(&self) -> Arc<Snapshot> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Loads a new snapshot if reference data or rules have changed. Returns whether it did.
    ///
    /// # Errors
    /// When loading fails. The current snapshot stays in use.
    pub async fn refresh(&self, store: &Store) -> StoreResult<bool> {
        let known = self.current().stamp;
        let newer = store
            .read(move |db| if reference_data::stamp(db)? == known { Ok(None) } else { load(db).map(Some) })
            .await?;
        let found = newer.is_some();
        if let Some(snapshot) = newer {
            tracing::info!(
                reference_data = snapshot.stamp.reference_data,
                rules = snapshot.stamp.rules,
                "reference data and rules loaded"
            );
            *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
        }
        Ok(found)
    }
}

/// Loads a snapshot. Reads the stamp first, so that the next refresh notices an import that happens meanwhile.
fn load(db: &mut Db) -> StoreResult<Snapshot> {
    let stamp = reference_data::stamp(db)?;
    let units = tree(db)?;
    let shapes = grids::all(db)?.into_iter().map(grid).collect::<StoreResult<Vec<_>>>()?;
    let grids = GridIndex::new(shapes).map_err(|error| wrong("grid", &error))?;
    let organisations = organisations::all(db)?;
    Ok(Snapshot {
        stamp,
        reference_data: ReferenceData { units, grids, organisations },
        rules: rules::newest(db)?,
    })
}

/// Reads the units.
///
/// # Errors
/// When the query fails, or the units do not form a tree.
pub fn tree(db: &mut Db) -> StoreResult<UnitTree> {
    UnitTree::new(units::all(db)?).map_err(|error| wrong("unit", &error))
}

fn wrong(column: &'static str, error: &impl ToString) -> StoreError {
    StoreError::Decode { column, value: "…".to_owned(), reason: error.to_string() }
}

fn grid(stored: StoredGrid) -> StoreResult<Grid> {
    let shape = parse_shape(&stored.shape).map_err(|reason| StoreError::Decode {
        column: "grid.shape",
        value: stored.code.to_string(),
        reason,
    })?;
    Ok(Grid { code: stored.code, name: stored.name, shape, synthetic: stored.synthetic })
}

/// Parses a GeoJSON polygon or multi-polygon.
///
/// # Errors
/// A text for people, if the geometry is malformed or of another type.
pub fn parse_shape(geometry: &str) -> Result<MultiPolygon<f64>, String> {
    let geometry: geojson::Geometry = geometry.parse().map_err(|error: geojson::Error| error.to_string())?;
    match geo::Geometry::<f64>::try_from(geometry).map_err(|error| error.to_string())? {
        geo::Geometry::Polygon(polygon) => Ok(MultiPolygon::new(vec![polygon])),
        geo::Geometry::MultiPolygon(shape) => Ok(shape),
        geo::Geometry::Point(_)
        | geo::Geometry::Line(_)
        | geo::Geometry::LineString(_)
        | geo::Geometry::MultiPoint(_)
        | geo::Geometry::MultiLineString(_)
        | geo::Geometry::GeometryCollection(_)
        | geo::Geometry::Rect(_)
        | geo::Geometry::Triangle(_) => Err("the shape is no polygon".to_owned()),
    }
}
